"""What the benchmark reads from a build's own words."""

from tests.bench.builds import fetched, seconds_of_poetry, sent

PIP = """\
#13 0.837 Collecting flask<4.0,>=3.1 (from harbour==1.0.0)
#13 0.878   Downloading flask-3.1.3-py3-none-any.whl.metadata (3 kB)
#13 0.879   Downloading flask-3.1.3-py3-none-any.whl (103 kB)
#13 1.312   Downloading sqlalchemy-2.1.9-cp313-cp313-manylinux2014_x86_64.whl (4.7 MB)
"""
POETRY = """\
#10 2.1   - Installing blinker (1.9.0)
#10 2.2   - Installing flask (3.1.3)
#10 3.2 Installing the current project: harbour (1.0.0)
"""
CONTEXTS = """\
#2 transferring dockerfile: 19.01kB done
#5 transferring context: 2B done
#8 transferring context: 42.5kB 0.0s
#8 transferring context: 51.25kB 0.1s done
#9 transferring docker: 1.2MB done
"""


def test_what_was_fetched_is_counted_for_every_installer() -> None:
    assert fetched(PIP) == 2
    assert fetched(POETRY) == 2
    assert fetched("#9 0.3 Prepared 1 package in 12ms\n#9 0.4 Installed 21 packages in 9ms\n") == 1
    own = "#12 0.3 Prepared 1 package in 12ms\n#12 0.4  + harbour==1.0.0 (from file:///tmp)\n"
    assert fetched(own) == 0
    assert fetched("#9 CACHED\n") == 0


def test_what_was_sent_is_the_most_that_was_said_of_a_context() -> None:
    assert sent(CONTEXTS) == 51_250
    assert sent(CONTEXTS, "docker") == 1_200_000
    assert sent("#9 CACHED\n") == 0


def test_the_steps_of_poetry_are_told_from_the_others() -> None:
    said = (
        "#9 [tools 3/3] RUN with-secrets pip install uv\n#9 0.2 Prepared 1 package\n"
        "#8 [tools 1/3] COPY --from=docker /x /\n#8 DONE 0.4s\n#9 DONE 3.5s\n"
        "#9 [tools 3/3] RUN with-secrets pip install uv\n"
        "#10 [requirements 3/3] RUN poetry export\n#10 DONE 0.7s\n"
        "#11 [packages 1/1] RUN uv pip install\n#11 DONE 0.9s\n"
    )
    assert seconds_of_poetry(said) == 4.2
    assert seconds_of_poetry("#9 [tools 3/3] RUN with-secrets\n#9 CACHED\n") == 0
