"""Poetry's own edits of a project, made in the staging image: `add`, `remove`, `update`, `lock`."""
