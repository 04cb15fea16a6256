"""`python -m shanty`."""

from shanty.main import main

main()
