"""Look around: what there is in all regions, which images could be deleted, and the life of one of them.

Nothing is changed. Needs credentials and ``ALIBABA_CLOUD_REGION_ID``.
"""

from __future__ import annotations

from swaslift import Client


def main() -> None:
    with Client() as lift:
        # Lists are fetched as they are read; "*" asks all regions, several at a time.
        for server in lift.servers.list("*"):
            until = f"until {server.expires_at:%Y-%m-%d}" if server.expires_at else ""
            print(f"{server.region_id:15} {server.name:12} {server.status:9} {server.public_ip:15} {until}")

        # All images of SWAS and ECS, who uses and has them, and what could be deleted.
        overview = lift.overview()
        print(overview)
        for row in overview.deletable:
            print(f"{row.image.id} ({row.size} GiB) could go: {row.why}")

        # One image: where it came from, its copies, and what blocks what.
        for image in lift.images.list():
            history = lift.images.history(image)
            print(history)
            for obstacle in history.against("delete"):
                print(obstacle.why, "->", obstacle.remedy)

            # What a server built from it would cost a month.
            plans = sorted(lift.server_plans.list(image=image), key=lambda plan: plan.price)
            print(f"from {plans[0].price:g} {plans[0].currency} a month ({plans[0].id})")


if __name__ == "__main__":
    main()
