"""Telegram, disk, clock and environment around the conversation."""

import gc

# A start makes hundreds of thousands of objects and frees hardly any; looking for garbage
# meanwhile is a tenth of the time to the first poll.
gc.set_threshold(50_000, 20, 20)
