"""The tables, as numbered steps from an empty database to the present one."""

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE chats (
        chat_id INTEGER PRIMARY KEY,
        state   TEXT NOT NULL,     -- the chat as JSON
        version INTEGER NOT NULL,  -- schema version of that JSON
        updated TEXT NOT NULL
    ) STRICT;
    -- No chat id here: an update that comes again must not lead back to somebody forgotten.
    CREATE TABLE applied (update_id INTEGER PRIMARY KEY, at TEXT NOT NULL) STRICT;
    CREATE INDEX applied_at ON applied (at);
    CREATE TABLE outbox (
        id       INTEGER PRIMARY KEY AUTOINCREMENT,  -- the order of sending
        chat_id  INTEGER NOT NULL,
        body     TEXT NOT NULL,                      -- the message as JSON
        kind     TEXT NOT NULL,
        created  TEXT NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE INDEX outbox_chat ON outbox (chat_id, id);
    CREATE TABLE cards (
        chat_id    INTEGER PRIMARY KEY,
        newest     INTEGER NOT NULL,  -- the newest message known in the chat, by either side
        message_id INTEGER,           -- the newest question card, and what it asks
        run        TEXT,
        question   TEXT,
        times      INTEGER
    ) STRICT;
    CREATE TABLE dead_letters (
        update_id INTEGER PRIMARY KEY,
        reason    TEXT NOT NULL,
        at        TEXT NOT NULL,
        body      TEXT NOT NULL  -- the outline only: no words, no ids
    ) STRICT;
    CREATE TABLE heartbeat (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        at  TEXT NOT NULL  -- the last time Telegram was heard from
    ) STRICT;
    """,
    """
    -- Cards that were replaced by a newer one, whose buttons are still to be taken away.
    CREATE TABLE worn (
        chat_id    INTEGER NOT NULL,
        message_id INTEGER NOT NULL,
        PRIMARY KEY (chat_id, message_id)
    ) STRICT;
    -- When a chat was last asked its question once more after an outage.
    CREATE TABLE asked_again (chat_id INTEGER PRIMARY KEY, at TEXT NOT NULL) STRICT;
    """,
)
"""One script each, run in one transaction; the database's `user_version` counts those done.

A script that has been in use is never changed: a new one is added.
"""
