"""The tasks, as `invoke` and `shanty` offer them: each announces, calls, and is done."""

from invoke.collection import Collection

from shanty.tasks.commands import python, run, run_tests, shell
from shanty.tasks.containers import clean, logs, ps, stop
from shanty.tasks.images import build, sbom, size_, verify
from shanty.tasks.machine import doctor, setup
from shanty.tasks.poetry import add, lock, remove, update
from shanty.tasks.project import config, init, sync_
from shanty.tasks.release import push
from shanty.tasks.servers import dev, prod

ns = Collection(
    *(build, dev, prod, push, verify, sbom, size_, shell, run, python, run_tests),
    *(add, remove, update, lock),
    *(sync_, ps, logs, stop, clean, setup, doctor, init, config),
)
