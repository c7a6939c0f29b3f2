"""A strict Telegram on the loopback, for tests and benchmarks of the bot.

It speaks the Bot API over real HTTP at /bot<token>/<method> and /file/bot<token>/<path>, holds the bot to
Telegram's limits, and judges every parameter, result and update by aiogram's models. In a test:

    from tests.fake_telegram.fixtures import telegram_server  # noqa: F401, a fixture

    def test_start_greets(telegram_server):
        server = telegram_server
        # SITREP_TELEGRAM_API_URL=server.url, SITREP_TELEGRAM_TOKEN=server.token: start the bot, then
        server.wait_until_polling()
        answer = server.ask(1001, "/start")                    # writes, and waits for the reply there
        assert answer.text.startswith("Hello")                 # a Call: .text .buttons .message .parameters
        server.press(answer, "Help")                           # or data="..."; in groups, user=...
        edited = server.wait_for("editMessageText", 1001, timeout=5)
        assert server.sent(1001)[-1].text == edited.text       # the bot's messages as they now stand
        assert server.unanswered() == []                       # every press was answered
        assert server.violations() == server.refusals() == []  # no rate broken, nothing refused

What people do (`people.py`, `chats.py`): `private_message`, `paste`, `group_message`, `channel_post`, `edit`,
`forward`, `document`, `photo`, `location`, `send`, `press`, `inline_query`, `choose`, `react`, `delete`;
`add_user`, `add_group`, `add_channel`, `make_admin`, `block`, `unblock`, `deactivate`, `remove_bot`,
`migrate`. Each update comes back as aiogram's `Update`. A person is a number, met at their first act.

What the bot did (`server.py`): `wait_for` returns the first fitting call that no wait has returned yet, and a
`TimeoutError` tells what came instead; `since=server.mark()` leaves out what came before. In asyncio tests
use `await server.wait_for_async(...)`; the other methods are quick. Also `calls`, `sent`, `draft`, `content`,
`reactions`, `previews` (links Telegram would fetch), `pending`, `dropped`, `wait_until_polling`,
`wait_until_confirmed`.

What goes wrong (`faults.py`): `server.fail("sendMessage", times=2, code=502)`, `kind="drop"` (with
`applied=True` the message is there, only its answer is lost), "hang", "delay", "garbage", `retry_after=3`;
`flood`, `heal`, `redeliver`, `jump_update_ids`. Rates: `server.set_rates(chat_burst=1)` or `enforced=False`;
those in force unless said otherwise are in `limits.Rates`.

Where it differs from Telegram on purpose, to show what Telegram would hide: parameters and fields unknown to
the schema, rows of more than eight buttons, and a hundred-and-first entity are refused. It reads HTML but no
Markdown, delivers all messages of a group (privacy mode off), and answers 501 to methods that it lacks.
Edits, drafts and actions are not counted against the rates.
Webhooks may be plain HTTP on the loopback; `server.proxy(public, local)` stands in for a reverse proxy.

Other processes: `python -m tests.fake_telegram --port 8081`, driven by `POST /control/<method>` with the
arguments as JSON, for example `curl -d '{"user": 5, "text": "/start"}' .../control/private_message`.
"""
