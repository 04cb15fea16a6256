"""The steps of a build, read from what it says in a pipe and on a terminal."""

import pytest

from shanty.rebuilt.progress import LINE_BYTES, Progress

PLAIN = """\
#5 [base 1/3] FROM docker.io/library/python:3.13-slim
#5 DONE 0.0s

#6 [internal] load build context
#6 transferring context: 3.20kB done
#6 DONE 0.0s

#7 [tools 4/5] RUN pip install uv
#7 CACHED

#8 [staging 2/2] COPY . ./
#8 DONE 0.1s

#9 [build  1/12] RUN uv build
#9 0.345 #9 [tools 4/5] RUN is what a command says
#9 ...

#10 exporting to image
#10 DONE 0.0s

#9 [build  1/12] RUN uv build
#9 DONE 0.5s
"""
DRAWN = (
    "\x1b[1A\x1b[0G\x1b[?25l[+] Building 3.7s (29/29)        docker:default\r\n"
    "\x1b[34m => [tools 4/5] RUN pip install uv                0.0s\r\n"
    "\x1b[0m\x1b[?25h\x1b[1A\x1b[0G\x1b[?25l[+] Building 3.8s (29/29) FINISHED\r\n"
    "\x1b[34m => [internal] load build definition                0.0s\r\n"
    "\x1b[0m\x1b[34m => => transferring dockerfile: 19.01kB      0.0s\r\n"
    "\x1b[0m\x1b[34m => CACHED [tools 4/5] RUN pip install uv     0.0s\r\n"
    "\x1b[0m => [staging 2/2] COPY . ./                           0.0s\r\n"
)


def read(*chunks: str) -> Progress:
    """Return what is learnt from a progress in these pieces."""
    progress = Progress()
    for chunk in chunks:
        progress.add(chunk.encode())
    return progress


def test_in_a_pipe_the_steps_that_were_not_cached_are_known_by_their_names() -> None:
    assert read(PLAIN).anew == {"base 1/3", "staging 2/2", "build 1/12"}


@pytest.mark.parametrize("size", [1, 7, 100])
def test_it_does_not_matter_in_which_pieces_it_comes(size: int) -> None:
    pieces = [PLAIN[start : start + size] for start in range(0, len(PLAIN), size)]
    assert read(*pieces).anew == read(PLAIN).anew


def test_on_a_terminal_each_step_is_as_it_was_drawn_last() -> None:
    assert read(DRAWN).anew == {"staging 2/2"}


def test_a_step_counts_when_one_platform_did_it() -> None:
    said = (
        "#1 [linux/amd64 base 2/3] RUN true\n#1 CACHED\n"
        "#2 [linux/arm64 base 2/3] RUN true\n#2 DONE 0.1s\n"
        "#3 [linux/arm64 2/3] RUN true\n#3 DONE 0.1s\n"
    )
    assert read(said).anew == {"base 2/3", "2/3"}


def test_a_step_that_is_fetched_from_a_cache_elsewhere_is_not_carried_out() -> None:
    plain = (
        "#1 [build 1/1] RUN true\n#1 CACHED\n\n#1 [build 1/1] RUN true\n"
        "#1 sha256:4f4fb700 32B / 32B 0.1s done\n#1 extracting sha256:4f4fb700 done\n"
        "#1 DONE 0.4s\n#2 [base 1/1] RUN true\n#2 sha256:3 1B / 1B\n#2 DONE 0.1s\n"
    )
    drawn = (
        "\x1b[34m => [build 1/1] RUN true                  0.3s\r\n"
        "\x1b[0m\x1b[34m => => sha256:76f22 293kB / 293kB    0.1s\r\n"
        "\x1b[0m => [base 1/1] RUN true                    0.3s\r\n => => # sha256: it says\r\n"
    )
    assert read(plain).anew == set()
    assert read(drawn).anew == {"base 1/1"}


def test_its_end_is_kept_and_a_line_without_one_takes_no_more_room() -> None:
    progress = read("." * LINE_BYTES, "." * LINE_BYTES, "\nend")
    assert progress.text.endswith("\nend")
    assert progress.anew == set()
