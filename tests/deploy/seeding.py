"""The production settings with leave to make the demo association: it has known passwords, which production refuses."""

from config.settings.production import *  # noqa: F403

IS_DEMO = True
