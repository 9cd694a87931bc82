"""The conversation itself: pure, synchronous, and ignorant of Telegram, clocks and disks."""
