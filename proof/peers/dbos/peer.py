"""DBOS on the common task: the request is written, then its workflow started; the workflow waits for the decision with
`recv`; each step is a transaction of its datasource, which keeps the step's row and its checkpoint in one commit."""

import argparse
import json
import os
import pathlib
import threading
import time
import uuid

import sqlalchemy
from dbos import DBOS, DBOSConfig, SetWorkflowID, SQLAlchemyDatasource

STEPS = 3
# A request that has not been decided or has not ended by then is lost.
PATIENCE = 60
# Connections of clients, workflows and DBOS itself; never what is waited for.
CONNECTIONS = 40
HERE = pathlib.Path(__file__).resolve().parent.parent

SUBMIT = "insert into requests (id, state, body) values (:id, 'PENDING', cast(:body as jsonb))"
DECIDE = (
    "update requests set state = 'APPROVED', decided_at = clock_timestamp() "
    "where id = :id and state = 'PENDING'"
)
END = "update requests set state = 'SUCCESS', finished_at = clock_timestamp() where id = :id"
AUDIT = "insert into audit (request_id, action) values (:id, :action)"

arguments = argparse.ArgumentParser(description=__doc__)
arguments.add_argument("--clients", type=int, default=1)
arguments.add_argument("--tasks", type=int, default=100)
arguments = arguments.parse_args()

url = sqlalchemy.make_url(os.environ["PEER_DATABASE_URL"]).set(drivername="postgresql+psycopg")
url = url.render_as_string(hide_password=False)
engine = sqlalchemy.create_engine(url, pool_size=CONNECTIONS, max_overflow=0)
body = (HERE / "body.json").read_text()

config: DBOSConfig = {
    "name": "peer",
    "system_database_url": url,
    "sys_db_pool_size": CONNECTIONS,
    "log_level": "ERROR",
    "enable_otlp": False,
}
DBOS(config=config)
steps = SQLAlchemyDatasource.create(url, engine_kwargs={"pool_size": CONNECTIONS, "max_overflow": 0})


def run(session, statement, **values):
    return session.execute(sqlalchemy.text(statement), values)


@steps.transaction()
def step(request, number):
    session = steps.sql_session()
    run(session, AUDIT, id=request, action=f"step_{number}")
    if number == STEPS:
        run(session, END, id=request)


@DBOS.workflow()
def process(request):
    if DBOS.recv("decision", timeout_seconds=PATIENCE) is None:
        return
    for number in range(1, STEPS + 1):
        step(request, number)


def submit(request):
    with engine.begin() as connection:
        run(connection, SUBMIT, id=request, body=body)
        run(connection, AUDIT, id=request, action="submitted")
    with SetWorkflowID(request):
        return DBOS.start_workflow(process, request)


def decide(request):
    with engine.begin() as connection:
        if run(connection, DECIDE, id=request).rowcount != 1:
            raise RuntimeError(f"request {request} is not pending")
        run(connection, AUDIT, id=request, action="approved")
    DBOS.send(request, "approved", "decision")


def play(n, submit_us):
    for _ in range(n):
        request = str(uuid.uuid4())
        began = time.perf_counter()
        handle = submit(request)
        submit_us.append(round((time.perf_counter() - began) * 1e6))
        decide(request)
        handle.get_result()


def main():
    with engine.begin() as connection:
        connection.exec_driver_sql((HERE / "task.sql").read_text())
    DBOS.launch()
    taken = [[] for _ in range(arguments.clients)]
    shares = [arguments.tasks // arguments.clients] * arguments.clients
    shares[: arguments.tasks % arguments.clients] = [shares[0] + 1] * (arguments.tasks % arguments.clients)
    clients = [threading.Thread(target=play, args=pair) for pair in zip(shares, taken)]
    began = time.perf_counter()
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    seconds = time.perf_counter() - began
    submit_us = sum(taken, [])
    check = (HERE / "check.sql").read_text().replace("$1::bigint", "cast(%s as bigint)")
    with engine.begin() as connection:
        lost, doubled, done_us = connection.exec_driver_sql(check, (len(submit_us),)).one()
    # A client that ended early has acknowledged less than it was told to do.
    lost += arguments.tasks - len(submit_us)
    report = {"peer": "dbos", "clients": arguments.clients, "tasks": arguments.tasks, "seconds": seconds}
    report |= {"submit_us": submit_us, "done_us": done_us, "lost": lost, "doubled": doubled}
    print(json.dumps(report), flush=True)
    DBOS.destroy()


main()
