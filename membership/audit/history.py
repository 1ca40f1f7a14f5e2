"""Words for our verbs in Wagtail's history of an object."""

from wagtail import hooks


def register_verbs(room, words):
    """Let Wagtail's history show the verbs of a room: `words` is {verb: (label, message)}."""

    def register(actions):
        for verb, (label, message) in words.items():
            actions.register_action(f"{room}.{verb}", label, message)

    hooks.register("register_log_actions", register)
