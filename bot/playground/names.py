"""The closed lists of names in the Bot API, version 10.0."""

UPDATES = frozenset(
    {
        "message",
        "edited_message",
        "channel_post",
        "edited_channel_post",
        "business_connection",
        "business_message",
        "edited_business_message",
        "deleted_business_messages",
        "guest_message",
        "message_reaction",
        "message_reaction_count",
        "inline_query",
        "chosen_inline_result",
        "callback_query",
        "shipping_query",
        "pre_checkout_query",
        "purchased_paid_media",
        "poll",
        "poll_answer",
        "my_chat_member",
        "chat_member",
        "chat_join_request",
        "chat_boost",
        "removed_chat_boost",
        "managed_bot",
    }
)
USUAL_UPDATES = UPDATES - {"chat_member", "message_reaction", "message_reaction_count"}
"""What a bot gets that never said which updates it wants."""

CHAT_ACTIONS = frozenset(
    {
        "cancel",
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_audio",
        "record_voice",
        "upload_audio",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "pick_up_location",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)

FOUND_ENTITIES = frozenset(
    {
        "mention",
        "hashtag",
        "cashtag",
        "bot_command",
        "url",
        "email",
        "phone_number",
        "bank_card_number",
    }
)
"""Kinds a bot may send but the server ignores: it finds them in the text itself."""
QUOTES = frozenset({"blockquote", "expandable_blockquote"})
MEDIA = frozenset(
    {"photo", "document", "voice", "sticker", "audio", "video", "animation", "video_note"}
)
"""Kinds of files in a message."""

CODE = frozenset({"code", "pre"})
STYLES = frozenset({"bold", "italic", "underline", "strikethrough", "spoiler"})
"""Kinds that may lie over one another and are cut where code begins."""
WITH_FIELD = {
    "text_link": "url",
    "text_mention": "user",
    "custom_emoji": "custom_emoji_id",
    "date_time": "unix_time",
}
"""Kinds that need one more field."""
ENTITIES = (
    {"bold", "italic", "underline", "strikethrough", "spoiler"} | QUOTES | CODE | WITH_FIELD.keys()
)
"""Kinds a bot may set."""

BUTTON_ACTIONS = frozenset(
    {
        "web_app",
        "copy_text",
        "login_url",
        "callback_game",
        "pay",
        "switch_inline_query",
        "switch_inline_query_chosen_chat",
        "switch_inline_query_current_chat",
    }
)
"""What a button may do besides opening a url or sending callback data."""
