"""The package that a build could not fetch, by what uv and pip say of it."""

import pytest

from shanty.failure.fetch import not_fetched

HASH = """\
error: Failed to download `flask==3.1.3`
  cause: Hash mismatch for `flask==3.1.3`

         Expected:
           sha256:0000000000000000000000000000000000000000000000000000000000000000
"""
REFUSED = """\
error: Failed to fetch: http://127.0.0.1:5999/simple/flask/
  cause: error sending request for url (http://127.0.0.1:5999/simple/flask/)
  cause: client error (Connect)
  cause: tcp connect error
  cause: Connection refused (os error 111)
"""
NO_NAME = """\
error: Failed to fetch: https://user:s3cret@nowhere.invalid/simple/flask/
  cause: client error (Connect)
  cause: dns error
  cause: failed to lookup address information: Name or service not known
"""
STATUS = """\
error: Failed to fetch: http://127.0.0.1:5998/b/flask/
  cause: HTTP status server error (503 Service Unavailable) for url (http://127.0.0.1:5998/b/flask/)
"""
PIP = """\
WARNING: Retrying (Retry(total=4, connect=None)) after connection broken by 'NewConnectionError\
("HTTPConnection(host='127.0.0.1', port=5999): Failed to establish a new connection: \
[Errno 111] Connection refused")': /simple/uv/
ERROR: No matching distribution found for uv==0.13.9
"""
PIP_LATER = """\
Looking in indexes: http://127.0.0.1:5999/simple/, http://127.0.0.1:5999/more/
WARNING: Retrying (Retry(total=1, connect=None)) after connection broken by 'NewConnectionError(\
'<HTTPConnection object at 0x7f>: Failed to establish a new connection: [Errno 111] Connection \
refused')': /simple/uv/
WARNING: Retrying (Retry(total=0, connect=None)) after connection broken by 'NewConnectionError(\
'<HTTPConnection object at 0x7f>: Failed to establish a new connection: [Errno 111] Connection \
refused')': /simple/uv/
ERROR: No matching distribution found for uv==0.13.9
"""
CREDENTIALS = """\
error: No solution found when resolving dependencies
  cause: Because flask was not found in the package registry and you require flask==99.1, we can \
conclude that your requirements are unsatisfiable.

hint: An index URL (http://127.0.0.1:5998/a/) could not be queried due to a lack of valid \
authentication credentials (401 Unauthorized)
"""
DAMAGED = """\
#21 0.816 Resolved 9 packages in 195ms
#21 0.832 error: Failed to download `quay-rope==1.0`
#21 0.833   cause: Failed to extract archive: quay_rope-1.0-py3-none-any.whl
#21 0.833   cause: Invalid zip file structure
#21 0.833   cause: Encountered an unexpected header (actual: 0x4034a50, expected: 0x4034b50).
"""
MARKED = """\
#21 1.487 error: No solution found when resolving dependencies
#21 1.489   cause: Because there is no version of quay-rope{python_full_version < '4'}==1.0 and \
you require quay-rope{python_full_version < '4'}==1.0, we can conclude that your requirements are \
unsatisfiable.
"""
VERSION = """\
error: No solution found when resolving dependencies
  cause: Because there is no version of flask==99.1 and you require flask==99.1, we can conclude
         that your requirements are unsatisfiable.
"""
PACKAGE = """\
error: No solution found when resolving dependencies
  cause: Because no-such-package was not found in the package registry and you require \
no-such-package==1, we can conclude that your requirements are unsatisfiable.
"""
GIT = """\
4.889 error: Failed to download and build `pilmoji @ \
git+https://github.com/jay3332/pilmoji@71835c683fdab344713a8bdadb8b62a726cb1d7c`
4.894   cause: Git operation failed
4.894   cause: failed to clone into: /root/.cache/uv/git-v2/db/d15f4374417fdc19
4.894   cause: failed to fetch commit `71835c683fdab344713a8bdadb8b62a726cb1d7c`
4.894          --- stderr
4.894          fatal: unable to access 'https://github.com/jay3332/pilmoji/': Could not resolve \
host: github.com
"""
PYTHON = """\
#18 3.018 error: No solution found when resolving dependencies
#18 3.018   cause: Because the current Python version (3.9.2) does not satisfy Python>=3.10 and \
gunicorn==27.0.1 depends on Python>=3.10, we can conclude that gunicorn==27.0.1 cannot be used.
"""


@pytest.mark.parametrize(
    ("said", "what"),
    [
        (
            GIT,
            (
                "pilmoji comes from a git repository of github.com, which lets it down: "
                "Could not resolve host: github.com"
            ),
        ),
        (HASH, "the file of flask 3.1.3 is not the one in the lock: its hash differs"),
        (
            REFUSED,
            (
                "the package index http://127.0.0.1:5999 does not answer: "
                "Connection refused (os error 111)"
            ),
        ),
        (
            NO_NAME,
            (
                "the package index https://…@nowhere.invalid does not answer: "
                "failed to lookup address information: Name or service not known"
            ),
        ),
        (
            STATUS,
            (
                "the package index http://127.0.0.1:5998 does not answer: "
                "HTTP status server error (503 Service Unavailable)"
            ),
        ),
        (
            PIP,
            "the package index 127.0.0.1:5999 does not answer: [Errno 111] Connection refused",
        ),
        (
            PIP_LATER,
            (
                "the package index http://127.0.0.1:5999 does not answer: "
                "[Errno 111] Connection refused"
            ),
        ),
        (
            PIP_LATER.partition("\n")[2],
            "the package index PyPI does not answer: [Errno 111] Connection refused",
        ),
        (
            CREDENTIALS,
            "the package index http://127.0.0.1:5998/a/ lets nobody in: 401 Unauthorized",
        ),
        (
            DAMAGED,
            (
                "the file of quay-rope 1.0 is not the one in the lock: "
                "it cannot be unpacked (Invalid zip file structure)"
            ),
        ),
        (
            PYTHON,
            "gunicorn 27.0.1 is for Python >=3.10, and the image has 3.9.2",
        ),
        (VERSION, "the package index has no flask 99.1"),
        (MARKED, "the package index has no quay-rope 1.0"),
        (PACKAGE, "the package index has no no-such-package"),
        ("ERROR: No matching distribution found for uv==9", "the package index has no uv 9"),
    ],
)
def test_a_package_that_is_not_fetched_is_told_with_the_reason(said: str, what: str) -> None:
    found = not_fetched(said)
    assert found is not None
    assert found.what == what
    assert found.fix


def test_a_poetry_that_no_index_has_leads_to_the_setting() -> None:
    """The lock names who wrote it; it is no dependency."""
    found = not_fetched("Because there is no version of poetry==9.9.9 and you require")
    assert found is not None
    assert found.what == "the package index has no poetry 9.9.9"
    assert found.fix.startswith('set [tool.shanty] poetry-version = "')


def test_of_what_was_fetched_nothing_is_said() -> None:
    assert not_fetched("Prepared 1 package in 1.02s") is None
