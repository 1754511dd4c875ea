#!/bin/sh
exec waitress-serve --port=8080 pets.app:app
