"""Application configuration of the project itself: it carries the commands that span every room."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"
    label = "config"
