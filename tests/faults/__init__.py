"""The bot as a process among faults: people, kills, outages, and an account of what was lost."""
