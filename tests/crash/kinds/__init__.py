"""What is killed, by name; one file a family of verbs."""

from tests.crash.kinds import captures, deletions, images, migrations
from tests.crash.kinds.kind import Kind

KINDS: dict[str, Kind] = {
    kind.name: kind for family in (migrations, images, captures, deletions) for kind in family.KINDS
}
