import sqlite3

connection = sqlite3.connect("notes.db", check_same_thread=False)
connection.execute("create table if not exists notes (key text primary key, text text)")


def all():
    return connection.execute("select key, text from notes").fetchall()


def put(key, text):
    with connection:
        connection.execute("insert into notes values (?, ?)", (key, text))
