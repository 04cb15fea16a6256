"""Looking at the machine and the project, and saying how to mend what is found."""
