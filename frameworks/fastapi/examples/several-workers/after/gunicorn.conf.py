bind = "0.0.0.0:8000"
worker_class = "uvicorn_worker.UvicornWorker"
workers = 4
wsgi_app = "words.main:app"
