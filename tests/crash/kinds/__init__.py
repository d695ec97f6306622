"""What is killed, by name; one file a family of verbs."""

from tests.crash.kinds import captures, images, migrations
from tests.crash.kinds.kind import Kind

KINDS: dict[str, Kind] = {
    kind.name: kind for family in (migrations, images, captures) for kind in family.KINDS
}
