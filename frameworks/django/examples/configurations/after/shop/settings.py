from configurations import Configuration, values


class Common(Configuration):
    SECRET_KEY = values.SecretValue()
    INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "items"]
    MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]
    ROOT_URLCONF = "shop.urls"
    DATABASES = values.DatabaseURLValue("sqlite:///db.sqlite3")


class Dev(Common):
    DEBUG = True


class Prod(Common):
    DEBUG = False
