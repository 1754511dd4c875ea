import os

from sqlalchemy import create_engine

writer = create_engine(os.environ["WRITER_URL"])
reader = create_engine(os.environ["READER_URL"], execution_options={"isolation_level": "AUTOCOMMIT"})
