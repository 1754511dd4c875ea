FLASK_APP=store.factory
