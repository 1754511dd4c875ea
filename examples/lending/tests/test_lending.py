from datetime import date

from lending.loans import due_date


def test_a_book_can_be_found_by_its_author(client, book):
    client.post("/books/", json={"title": "Ulysses", "author": "Joyce"})
    found = client.get("/books/?author=Austen").get_json()
    assert [entry["title"] for entry in found] == ["Emma"]
    assert client.get(f"/books/{book['id']}").get_json() == book


def test_a_book_without_an_author_is_refused(client):
    assert client.post("/books/", json={"title": "Beowulf"}).status_code == 400


def test_a_book_is_lent_to_one_reader_at_a_time(client, book):
    loan = client.post("/loans/", json={"book_id": book["id"], "reader": "Kim"})
    assert loan.status_code == 201
    again = client.post("/loans/", json={"book_id": book["id"], "reader": "Lou"})
    assert again.status_code == 409


def test_a_returned_book_can_be_lent_again(client, book):
    loan = client.post("/loans/", json={"book_id": book["id"], "reader": "Kim"}).get_json()
    assert client.post(f"/loans/{loan['id']}/return").get_json()["returned"]
    assert client.get("/loans/").get_json() == []
    assert client.get(f"/books/{book['id']}").get_json()["on_loan"] is False


def test_what_is_not_there_is_not_found(client):
    assert client.get("/books/99").status_code == 404
    assert client.get("/nothing").status_code == 404


def test_a_loan_never_ends_on_a_sunday(app):
    with app.app_context():
        assert due_date(date(2026, 11, 1)) == date(2026, 11, 28)
        assert due_date(date(2026, 11, 2)) == date(2026, 11, 30)


def test_the_tables_can_be_created_from_the_command_line(app):
    result = app.test_cli_runner().invoke(args=["create-tables"])
    assert "tables are there" in result.output
