"""What Telegram's server does that bots trip over, rule by rule, and the tests that show it.

Each rule names its tests as `file::test`; the files are `test_playground_*.py`. That they are
there is checked here; that they pass, by running them.
"""

import importlib

import pytest

RULES: dict[str, tuple[str, ...]] = {
    "the HTTP status is the error's code; 429 and migration carry parameters": (
        "envelope::test_an_unknown_method_is_404",
        "envelope::test_any_other_address_is_404_in_the_same_envelope",
        "faults::test_a_flood_says_how_long_to_wait_in_the_body_and_the_head",
        "faults::test_a_group_that_became_a_supergroup_tells_its_new_id",
    ),
    "a refusal's first letter is small, unless the second is a capital or _": (
        "envelope::test_a_refusal_begins_small_unless_it_is_a_constant",
        "messages::test_a_keyboard_that_breaks_a_rule_is_refused",
    ),
    "methods have no case, parameters come four ways, unknown methods and tokens are refused": (
        "envelope::test_method_names_have_no_case",
        "envelope::test_parameters_come_by_query_form_json_and_multipart",
        "envelope::test_a_file_among_the_parameters_is_read_beside_them",
        "envelope::test_an_unknown_method_is_404",
        "envelope::test_another_token_is_401",
    ),
    "texts have limits, counted in code points after parsing": (
        "messages::test_a_text_nobody_could_read_is_refused",
        "messages::test_4096_code_points_fit_after_trimming",
        "markup::test_the_limit_counts_after_parsing",
        "files::test_a_caption_has_1024_characters_after_parsing",
    ),
    "HTML has Telegram's tags only, and offsets in UTF-16": (
        "markup::test_html_becomes_text_and_entities",
        "markup::test_html_that_is_not_telegrams_is_refused",
        "markup::test_both_readers_agree_on_hundreds_of_texts",
        "markup::test_marks_over_one_another_are_cut_as_tdlib_cuts_them",
    ),
    "parse_mode has no case, and an unknown one is refused": (
        "markup::test_parse_mode_has_no_case_and_an_unknown_one_is_refused",
    ),
    "a button has 1 to 64 bytes of data or another action, and a keyboard has a limit": (
        "messages::test_a_keyboard_that_breaks_a_rule_is_refused",
        "messages::test_callback_data_of_64_bytes_fits",
    ),
    "an edit must change something that is there, and takes the keyboard along": (
        "edits::test_an_edit_that_changes_nothing_is_refused_at_length",
        "edits::test_a_message_that_is_missing_cannot_be_edited_or_deleted",
        "edits::test_an_edit_without_a_keyboard_removes_it",
        "markup::test_the_same_text_marked_up_otherwise_is_unchanged",
        "files::test_captions_and_pictures_are_edited",
    ),
    "a tap waits 150 seconds for the bot, and can be answered for a short while": (
        "updates::test_messages_wait_a_day_and_taps_150_seconds",
        "methods::test_a_tap_can_be_answered_for_a_while",
    ),
    "getUpdates confirms below its offset, waits up to 50 s, and is braked when hasty": (
        "updates::test_updates_come_again_until_an_offset_confirms_them",
        "updates::test_a_negative_offset_keeps_only_the_last",
        "updates::test_a_call_gives_a_hundred_updates_at_most",
        "updates::test_a_waiting_poll_ends_with_the_next_update",
        "updates::test_no_poll_waits_longer_than_50_seconds",
        "updates::test_with_holds_a_hasty_poll_gets_one_update_or_waits",
        "updates::test_allowed_updates_are_remembered_and_count_when_an_update_is_made",
    ),
    "a new poll ends the older with 409, later conflicts are delayed, a webhook forbids polls": (
        "updates::test_a_newer_poll_ends_the_one_that_waits",
        "updates::test_conflicts_close_to_each_other_are_told_late",
        "hooking::test_there_is_no_polling_while_a_webhook_is_set",
    ),
    "update numbers follow each other, but start elsewhere after a week": (
        "updates::test_update_ids_follow_each_other",
        "updates::test_numbers_start_elsewhere_after_a_week_of_silence",
    ),
    "a webhook is told each update until it says 2xx, in a person's order": (
        "webhooks::test_every_request_carries_the_secret_and_one_update",
        "webhooks::test_anything_but_2xx_is_tried_again_at_once",
        "webhooks::test_later_tries_come_after_2_4_8_seconds_and_at_most_2_minutes",
        "webhooks::test_a_bot_says_itself_how_long_it_wants_to_be_left_alone",
        "webhooks::test_an_update_is_given_up_when_it_expires",
        "webhooks::test_one_persons_updates_stay_in_order_and_hold_up_nobody_else",
        "webhooks::test_a_tap_overtakes_a_text_that_cannot_be_delivered",
        "webhooks::test_410_for_23_hours_takes_the_webhook_away",
        "webhooks::test_an_answer_may_call_one_method",
        "hooking::test_setting_it_again_within_a_second_is_too_much",
        "hooking::test_a_webhook_that_cannot_be_is_refused",
    ),
    "a secret has 1 to 256 letters, digits, _ and -": (
        "hooking::test_a_secret_of_256_fits",
        "hooking::test_a_webhook_that_cannot_be_is_refused",
    ),
    "files have limits, links last an hour, and ids can be sent again": (
        "files::test_a_file_of_any_kind_is_sent_and_sent_again_by_its_id",
        "files::test_a_photo_that_cannot_be_shown_is_refused",
        "files::test_a_photo_at_the_limits_is_taken",
        "files::test_files_over_the_limits_are_refused",
        "files::test_an_empty_file_is_refused",
        "files::test_a_link_gives_the_file_for_an_hour",
    ),
    "menus, toasts and chat actions have limits": (
        "methods::test_a_menu_that_breaks_a_rule_is_refused",
        "methods::test_menus_and_descriptions_are_given_back_and_taken_away",
        "methods::test_a_tap_can_be_answered_for_a_while",
        "methods::test_a_chat_action_must_be_known",
        "methods::test_a_chat_action_shows_for_5_seconds_or_until_the_next_message",
    ),
    "nobody is reached who blocked the bot, is gone, or never wrote": (
        "messages::test_only_people_the_bot_may_write_to_are_reached",
        "messages::test_a_person_without_an_account_is_not_reached",
    ),
    "too many messages are refused with the seconds to wait": (
        "faults::test_a_chat_takes_a_short_burst_and_then_one_message_a_second",
        "faults::test_a_group_takes_20_messages_a_minute",
        "faults::test_all_chats_together_take_30_messages_a_second",
        "faults::test_more_than_310_unsent_messages_are_held_and_then_refused",
    ),
    "the network fails in every way there is": (
        "faults::test_a_fault_of_each_kind_fires_once_and_is_counted",
        "faults::test_a_gateways_page_is_no_json",
        "faults::test_a_dropped_call_hears_nothing_at_all",
        "faults::test_any_status_can_be_told",
    ),
}


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_of_telegrams_has_tests(rule: str) -> None:
    assert RULES[rule]
    for place in RULES[rule]:
        file, name = place.split("::")
        assert callable(getattr(importlib.import_module(f"test_playground_{file}"), name))


def test_there_are_19_rules() -> None:
    assert len(RULES) == 19
