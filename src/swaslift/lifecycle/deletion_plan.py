"""How ``delete_image`` is planned."""

from __future__ import annotations

from collections.abc import Sequence

from swaslift.checks import Check, warning
from swaslift.cloud import Cloud
from swaslift.consent import Consent
from swaslift.errors import InvalidArgument
from swaslift.lifecycle.deleting import (
    DeleteSpec,
    EcsDeletion,
    SwasDeletion,
    billed,
    delete_images,
)
from swaslift.models import CustomImage, EcsImage
from swaslift.planning.deletions import (
    check_custom_image,
    check_ecs_image,
    check_own_snapshots,
    check_shared_accounts,
)
from swaslift.planning.ecs_images import find_image
from swaslift.planning.preparation import Preparation
from swaslift.runs.preview import foresee
from swaslift.runs.step import Ref

Image = CustomImage | EcsImage


def prepare(
    cloud: Cloud, images: Sequence[Image | str], region_id: str, *, unshare: bool, snapshots: bool
) -> Preparation:
    """Find the images and look at what stands against deleting them. Changes nothing.

    One that is not there is a blocker like any other: a run that has deleted it already goes on.
    """
    checks: list[Check] = []
    found: dict[str, Image] = {}
    for image in images:
        try:
            one = find_image(cloud, image, region_id)
        except InvalidArgument as error:
            checks.append(Check(error.field, error.value, error.problem, error.remedy))
        else:
            found[one.id] = one
    consents: list[Consent] = []
    deletions: list[SwasDeletion | EcsDeletion] = []
    going = frozenset(found)
    for one in found.values():
        deletion, more, leave = (
            _swas(cloud, one, going, unshare=unshare, snapshots=snapshots)
            if isinstance(one, CustomImage)
            else _ecs(cloud, one, going, unshare=unshare, snapshots=snapshots)
        )
        deletions.append(deletion)
        checks += more
        if not one.foreseen:
            consents += [Consent.erase(one.id), *(Consent.erase(r.id) for r in deletion.erased), *leave]
    spec = DeleteSpec(deletions=tuple(deletions))
    clear = not any(c.level == "blocker" for c in checks)
    erased = frozenset(r.id for d in deletions for r in d.erased)
    free = [r.id for d in deletions for r in d.snapshots if r.kind == "swas.snapshot" and r.id not in erased]
    remarks = list(billed(spec, gone=erased))
    if free:
        remarks.append(
            f"The SWAS snapshots {', '.join(free)} stay: free of charge, but they count in the quota."
        )
    if any(isinstance(d, SwasDeletion) for d in deletions):
        remarks.append("While an image is there, lift.images.history(image) names the copies that are known.")
    return Preparation(
        spec=spec,
        checks=tuple(checks),
        steps=tuple(foresee(lambda: delete_images(spec))) if clear else (),
        consents=Consent.together(consents),
        remarks=tuple(remarks),
        takes=(
            *(i for i in found.values() if not i.foreseen),
            *(r for d in deletions if not d.image.foreseen for r in d.erased),
        ),
    )


def _swas(
    cloud: Cloud, image: CustomImage, going: frozenset[str], *, unshare: bool, snapshots: bool
) -> tuple[SwasDeletion, list[Check], list[Consent]]:
    ids = [i for i in (image.system_snapshot_id, image.data_snapshot_id) if i]
    behind = tuple(Ref(kind="swas.snapshot", id=i, region_id=image.region_id) for i in ids)
    if image.foreseen:
        erased = behind if snapshots else ()
        return SwasDeletion(image=image, unshare=unshare, snapshots=behind, erased=erased), [], []
    checks, losers = check_custom_image(cloud, image, unshare=unshare)
    accounts: tuple[str, ...] = ()
    if image.shared_to_accounts and not image.received:
        found = cloud.swas.list_custom_image_share_accounts(image.region_id, image.id)
        accounts = tuple(a.account_id for a in found)
        checks += check_shared_accounts(image, accounts, unshare=unshare)
    erased = ()
    if snapshots:
        others = [i for i in cloud.swas.list_custom_images(image.region_id) if i.id not in going]
        bound = {s: i for i in others for s in (i.system_snapshot_id, i.data_snapshot_id)}
        erased = tuple(r for r in behind if r.id not in bound)
        checks += [_kept(r, bound[r.id]) for r in behind if r.id in bound]
        taken = cloud.swas.list_snapshots(image.region_id, ids=[r.id for r in erased]) if erased else ()
        checks += check_own_snapshots(image, taken)
    deletion = SwasDeletion(
        image=image,
        unshare=unshare and image.shared_to_ecs,
        losers=losers,
        accounts=accounts,
        snapshots=behind,
        erased=erased,
    )
    return deletion, checks, [Consent.unshare(image.id)] if losers else []


def _ecs(
    cloud: Cloud, image: EcsImage, going: frozenset[str], *, unshare: bool, snapshots: bool
) -> tuple[EcsDeletion, list[Check], list[Consent]]:
    if image.foreseen:
        return EcsDeletion(image=image), [], []
    checks = check_ecs_image(cloud, image)
    accounts: tuple[str, ...] = ()
    if image.owner_alias == "self":
        found = cloud.ecs.describe_image_share_permission(image.region_id, image.id)
        accounts = tuple(a.account_id for a in found)
        checks += check_shared_accounts(image, accounts, unshare=unshare)
    behind = tuple(
        Ref(kind="ecs.snapshot", id=d.snapshot_id, region_id=image.region_id)
        for d in image.disks
        if d.snapshot_id
    )
    erased = []
    for ref in behind if snapshots else ():
        others = cloud.ecs.describe_images(image.region_id, snapshot_id=ref.id, owner="self")
        bound = next((i for i in others if i.id not in going), None)
        if bound is None:
            erased.append(ref)
        else:
            checks.append(_kept(ref, bound))
    if erased:
        taken = cloud.ecs.describe_snapshots(image.region_id, ids=[r.id for r in erased])
        checks += check_own_snapshots(image, taken)
    deletion = EcsDeletion(image=image, accounts=accounts, snapshots=behind, erased=tuple(erased))
    return deletion, checks, [Consent.unshare(image.id)] if accounts else []


def _kept(snapshot: Ref, image: Image) -> Check:
    problem = f"it is behind the image {image.name} ({image.id}) as well, and stays"
    return warning("snapshots", snapshot.id, problem)
