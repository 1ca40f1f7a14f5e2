"""Background work with arguments, progress, retry and a sweeper, over django-tasks."""
