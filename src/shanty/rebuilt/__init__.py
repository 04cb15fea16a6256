"""Why a build did again what it did: its first step anew, and what made it one."""
