"""What schedules start: the sweep over everything whose time has come."""
