"""The soak: the running stack under mixed load for minutes, while its processes are killed and its answers delayed."""
