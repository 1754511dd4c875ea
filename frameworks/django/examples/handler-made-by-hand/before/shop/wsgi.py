import os

import django
from django.core.handlers.wsgi import WSGIHandler

os.environ["DJANGO_SETTINGS_MODULE"] = "shop.settings"
django.setup(set_prefix=False)

application = WSGIHandler()
