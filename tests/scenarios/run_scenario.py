#!/usr/bin/python3
"""Written days of a wire: what alerts they raise, in one process, after kill -9, and through Kafka.

usage: run_scenario.py memory|kill WIREWATCH SCENARIO... [--seed N]
       run_scenario.py kafka WIREWATCH KAFKA_TOPICS BOOTSTRAP SCENARIO... [--seed N]

The seed says where the program is killed; a failure prints it.

  memory  each scenario alone, as `wirewatch run --record-time published` plays an archive: the alerts are those that the
          scenario expects, in their order, and so is the number of matches that were suppressed, by reason.
  kill    the same with `alerts.state`; the program is killed while the wire comes in, again and again, and then reads the
          whole wire: the alerts are those of `memory`, some of them perhaps twice.
  kafka   all scenarios as one wire, in two steps with exactly_once, the records with the times of the wire. With one
          partition of matches the alerts are those of one process without Kafka, undisturbed and after kill -9. Where
          two processes find the matches of three partitions between them, and are killed, the log of matches is the
          truth: another group that reads it from its beginning raises the same alerts.

A scenario is a YAML file:

  packs: TEXT        one pack; ids of its topics stand in no other scenario
  wire:              articles; those of one time in their order
    - at: "09:05"    or "2d 09:05", two days later; so is embargoed_until. Also id, version, source, title, body, url, status
      every: 10m     with `times: N`: N articles, so far apart; {n} in a text is the number of the article, from 1
  expect:            alerts
    - kind: new      and, of those that are given, the rest:
      at:            record time of its article
      article:       id; null: the alert has none
      sources:       of its story
      story_of:      an article that alerted before: the story is the same
      corrects_kind: the kind of the alert that it corrects
      because:       a part of the sentence
      a.b: VALUE     what stands at that place of the alert's JSON; null: nothing
      times: N       so many such alerts in a row; {n} as above
  suppressed:        number of matches by reason; all there are
"""
import argparse
import collections
import datetime
import json
import pathlib
import random
import re
import signal
import subprocess
import sys
import tempfile
import time

import jsonschema
import yaml

SCHEMA = pathlib.Path(__file__).parents[2] / "docs/schema/alert.schema.json"
DAY = datetime.datetime(2024, 3, 4, tzinfo=datetime.timezone.utc)  # a Monday; brokers take no record of tomorrow
UNITS = {"m": "minutes", "h": "hours", "d": "days"}
TIME = re.compile(r"(?:(\d+)d )?(\d\d):(\d\d)$")
CLOCKS = ("received_at", "matched_at", "alerted_at")  # what differs between two runs
LONG = 120  # seconds


class Failure(Exception):
    pass


def time_of(text):
    days, hours, minutes = TIME.match(text).groups(default=0)
    return DAY + datetime.timedelta(days=int(days), hours=int(hours), minutes=int(minutes))


def rfc3339(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def numbered(value, n):
    return value.replace("{n}", str(n)) if isinstance(value, str) else value


class Scenario:
    def __init__(self, path):
        self.name = path.stem
        described = yaml.safe_load(path.read_text(encoding="utf-8"))
        self.pack = described["packs"]
        self.topics = {topic["id"] for topic in yaml.safe_load(self.pack)["topics"]}
        self.wire = sorted(self.articles_of(described["wire"]), key=lambda article: article["published_at"])
        self.expected = [
            {key: numbered(value, n) for key, value in alert.items()}
            for alert in described["expect"]
            for n in range(1, alert.pop("times", 1) + 1)
        ]
        self.suppressed = described["suppressed"]

    @staticmethod
    def articles_of(wire):
        for entry in wire:
            at, every, times = time_of(entry.pop("at")), entry.pop("every", "0m"), entry.pop("times", 1)
            step = datetime.timedelta(**{UNITS[every[-1]]: int(every[:-1])})
            if "embargoed_until" in entry:
                entry["embargoed_until"] = rfc3339(time_of(entry["embargoed_until"]))
            for n in range(1, times + 1):
                article = {key: numbered(value, n) for key, value in entry.items()}
                yield {"language": "en", **article, "published_at": rfc3339(at + (n - 1) * step)}


def write_pack(scenario, directory):
    (directory / f"{scenario.name}.yaml").write_text(scenario.pack, encoding="utf-8")


def write_wire(articles, file):
    file.write_text("".join(json.dumps(article) + "\n" for article in articles), encoding="utf-8")


def read_alerts(text):
    """Of NDJSON; a line that a kill cut off is none."""
    alerts = []
    for line in text.splitlines():
        try:
            alerts.append(json.loads(line))
        except json.JSONDecodeError:
            pass
    return alerts


def read_file(file):
    return read_alerts(file.read_text(encoding="utf-8")) if file.exists() else []


def brief(alert):
    return " ".join(str(alert.get(key, "-")) for key in ("kind", "topic", "article_id", "article_version", "recorded_at"))


def place(alert, path):
    for key in path.split("."):
        alert = alert.get(key) if isinstance(alert, dict) else None
    return alert


# What an alert must be -------------------------------------------------------------------------------------------------


def mismatches(expected, alert, before):
    """`before`: the alerts that came before it."""
    short = {"at": "recorded_at", "article": "article_id", "sources": "story.sources"}
    for key, value in expected.items():
        if key == "because":
            if value not in alert.get("because", ""):
                yield f"because is {alert.get('because')!r}, without {value!r}"
            continue
        if key == "story_of":
            stories = {place(other, "story.id") for other in before if other.get("article_id") == value}
            if place(alert, "story.id") not in stories:
                yield f"its story is not that of {value}"
            continue
        if key == "corrects_kind":
            kinds = [other["kind"] for other in before if other["id"] == alert.get("corrects")]
            if kinds != [value]:
                yield f"it corrects {kinds}, not an alert of kind {value}"
            continue
        if isinstance(value, str) and TIME.match(value):
            value = rfc3339(time_of(value))
        actual = place(alert, short.get(key, key))
        if actual != value:
            yield f"{key} is {actual!r}, not {value!r}"


def check_each(alerts):
    """What holds of all alerts, whatever they tell."""
    schema = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    # What was folded has an id, too, though it comes in a summary.
    known = {folded["id"]: {"story": {"id": folded["story"]}} for alert in alerts for folded in place(alert, "summary.alerts") or []}
    for alert in alerts:
        for error in schema.iter_errors(alert):
            raise Failure(f"{brief(alert)}: {error.json_path}: {error.message}")
        if alert["id"] in known:
            raise Failure(f"two alerts of one id: {brief(alert)}")
        if not alert.get("because"):
            raise Failure(f"no sentence says why: {brief(alert)}")
        for other in alert.get("previous", []) + [alert[key] for key in ("corrects",) if key in alert]:
            if other not in known:
                raise Failure(f"{brief(alert)} names an alert that did not come before it: {other}")
            if place(known[other], "story.id") != place(alert, "story.id"):
                raise Failure(f"{brief(alert)} names an alert of another story: {brief(known[other])}")
        known[alert["id"]] = alert


def check_expected(scenario, alerts, suppressed):
    problems = []
    for i, (expected, alert) in enumerate(zip(scenario.expected, alerts)):
        problems += [f"alert {i + 1} ({brief(alert)}): {why}" for why in mismatches(expected, alert, alerts[:i])]
    problems += [f"missing: {expected}" for expected in scenario.expected[len(alerts):]]
    problems += [f"not expected: {brief(alert)}" for alert in alerts[len(scenario.expected):]]
    if suppressed != scenario.suppressed:
        problems.append(f"suppressed: {suppressed}, not {scenario.suppressed}")
    if problems:
        raise Failure("\n".join(problems[:10]))
    check_each(alerts)


def without_clocks(alert):
    return {key: value for key, value in alert.items() if key not in CLOCKS}


def by_id(alerts, repeats):
    """What was raised of each id, in no order. An article that comes once more when it is forgotten has its id again."""
    raised = collections.defaultdict(list)
    for alert in sorted(map(without_clocks, alerts), key=json.dumps):
        if not (repeats and alert in raised[alert["id"]]):
            raised[alert["id"]].append(alert)
    return raised


def check_same(what, expected, actual, repeats=False):
    """That two runs raised the same, in whatever order; `repeats`: some of it perhaps more than once."""
    expected, actual = by_id(expected, repeats), by_id(actual, repeats)
    problems = []
    for alert_id in sorted(expected.keys() | actual.keys()):
        then, now = expected[alert_id], actual[alert_id]
        if len(then) != len(now):
            problems.append(f"{brief((then + now)[0])}: {len(then)} became {len(now)}")
            continue
        for one, other in zip(then, now):
            keys = sorted(key for key in one.keys() | other.keys() if one.get(key) != other.get(key))
            told = "; ".join(f"{key} {str(one.get(key))[:90]} became {str(other.get(key))[:90]}" for key in keys)
            problems += [f"{brief(one)}: {told}"] if keys else []
    if problems:
        raise Failure(f"{what}: " + "\n".join(problems[:10]))


# Processes -------------------------------------------------------------------------------------------------------------


class Program:
    def __init__(self, binary, work):
        self.binary, self.work, self.running = binary, work, []

    def run(self, *args):
        """To its end; what it said."""
        done = subprocess.run([self.binary, "run", *args], capture_output=True, text=True, timeout=LONG, check=False)
        if done.returncode:
            raise Failure(f"exit code {done.returncode}:\n{done.stderr[-2000:]}")
        return done.stderr

    def start(self, config):
        with open(config.with_suffix(".log"), "a", encoding="utf-8") as log:
            process = subprocess.Popen([self.binary, "run", "--config", config], stdout=log, stderr=log)
        self.running.append(process)
        return process

    def kill(self, process):
        self.running.remove(process)
        if process.poll() is not None:
            raise Failure(f"it ended by itself, with exit code {process.returncode}")
        process.kill()
        process.wait()

    def stop(self, process):
        self.running.remove(process)
        process.send_signal(signal.SIGTERM)
        if process.wait(LONG):
            raise Failure(f"exit code {process.returncode}")

    def kill_all(self):
        for process in self.running:
            process.kill()
            process.wait()


def wait_until(what, condition):
    limit = time.monotonic() + LONG
    while not condition():
        if time.monotonic() > limit:
            raise Failure(f"{what} did not come in time")
        time.sleep(0.05)


def run_memory(program, articles, packs, directory):
    """The alerts, and the number of suppressed matches by reason."""
    wire, alerts = directory / "wire.ndjson", directory / "alerts.ndjson"
    write_wire(articles, wire)
    told = program.run("--packs", packs, "--input", wire, "--record-time", "published",
                       "--alerts", alerts, "--dead-letters", directory / "dead.ndjson")
    if read_file(directory / "dead.ndjson"):
        raise Failure("dead letters: " + (directory / "dead.ndjson").read_text(encoding="utf-8"))
    reasons = re.search(r"suppressed \(matches: ([^)]*)\)", told)
    counts = (reason.split(" ") for reason in (reasons.group(1).split(", ") if reasons else []))
    return read_file(alerts), {reason: int(count.replace(",", "")) for count, reason in counts}


# The modes -------------------------------------------------------------------------------------------------------------


def memory(program, scenario, directory):
    packs = directory / "packs"
    packs.mkdir()
    write_pack(scenario, packs)
    alerts, suppressed = run_memory(program, scenario.wire, packs, directory)
    check_expected(scenario, alerts, suppressed)
    return alerts


def kill(program, scenario, directory, chance):
    expected = memory(program, scenario, directory)
    wire, alerts, config = (directory / name for name in ("killed.ndjson", "killed-alerts.ndjson", "killed.yaml"))
    settings = {
        "rules": {"packs": [str(directory / "packs")]},
        "source": {"file": {"path": str(wire), "follow": True}},
        "sinks": [{"file": {"path": str(alerts)}}],
        "dead_letters": {"file": {"path": str(directory / "killed-dead.ndjson")}},
        # What it reads again after a kill is known, from the first day on.
        "alerts": {"state": str(directory / "killed.state"), "window": "31d"},
        "pipeline": {"record_time": "published"},
        "monitoring": {"listen": "off"},
    }
    config.write_text(yaml.safe_dump(settings), encoding="utf-8")
    lines = [json.dumps(article) + "\n" for article in scenario.wire]
    kills = sorted(chance.randint(1, len(lines)) for _ in range(3))
    with open(wire, "w", encoding="utf-8", buffering=1) as stream:
        for begin, end in zip([0] + kills, kills):
            # Half of them are there when it starts, the others come one by one.
            half = (begin + end) // 2
            stream.writelines(lines[begin:half])
            seen = len(read_file(alerts))
            process = program.start(config)
            # It works when it has raised something; where there is nothing to raise, a while must do.
            limit = time.monotonic() + 1
            while len(read_file(alerts)) == seen and time.monotonic() < limit:
                time.sleep(0.005)
            pause = chance.choice([0, 0.0002, 0.005])
            for line in lines[half:end]:
                stream.write(line)
                time.sleep(pause)
            time.sleep(chance.choice([0, 0.02, 0.15]))
            program.kill(process)
        stream.writelines(lines[kills[-1]:])
    settings["source"]["file"]["follow"] = False
    config.write_text(yaml.safe_dump(settings), encoding="utf-8")
    program.run("--config", config)
    check_same(f"killed at {kills} of {len(lines)} articles", expected, read_file(alerts), repeats=True)


class Kafka:
    def __init__(self, topics, bootstrap):
        self.topics, self.bootstrap = topics, bootstrap

    def admin(self, *args, **options):
        done = subprocess.run([self.topics, self.bootstrap, *args], capture_output=True, text=True, timeout=LONG,
                              check=False, **options)
        if done.returncode:
            raise Failure(f"kafka_topics {args}: {done.stderr}")
        return done.stdout

    def send(self, topic, articles):
        def line(article):
            moment = datetime.datetime.fromisoformat(article["published_at"].replace("Z", "+00:00"))
            return f"{int(moment.timestamp() * 1000)}\t{json.dumps(article)}\n"
        self.admin("send", topic, input="".join(map(line, articles)))

    def written(self, topic):
        return sum(int(line.split()[2]) for line in self.admin("offsets", topic).splitlines())

    def read(self, topic):
        command = ["kcat", "-C", "-b", self.bootstrap, "-t", topic, "-e", "-q", "-o", "beginning", "-f", "%s\n",
                   "-X", "isolation.level=read_committed"]
        return read_alerts(subprocess.run(command, capture_output=True, text=True, timeout=LONG, check=True).stdout)


def parts_of(articles, cuts, chance):
    """Cut at times by chance: one day may have as many articles as a week. No part is empty."""
    days = sorted({article["published_at"][:10] for article in articles})
    begin = 0
    for day in sorted(chance.sample(days[1:], cuts)):
        hour = f"{day}T{chance.randrange(24):02}"
        end = next((i for i, article in enumerate(articles) if article["published_at"] >= hour), len(articles) - 1)
        if end > begin:
            yield articles[begin:end]
            begin = end
    yield articles[begin:]


class TwoSteps:
    """The kafka topics of one run, and its processes."""

    def __init__(self, program, kafka, packs, directory, name, partitions):
        self.program, self.kafka, self.packs, self.directory, self.name = program, kafka, packs, directory, name
        for topic in ("articles", "matches", "decisions", "alerts", "dead", "decisions-again", "alerts-again"):
            kafka.admin("create", self.topic(topic), str(partitions), "retention.ms=-1")

    def topic(self, what):
        return f"{self.name}.{what}"

    def config(self, process, roles=("match", "alert"), group="first", suffix=""):
        def kafka(what, **more):
            return {"kafka": {"topic": self.topic(what), **more}}
        settings = {
            "rules": {"packs": [str(self.packs)]},
            "source": kafka("articles", group=f"{self.name}-{group}", instance_id=process),
            "matches": kafka("matches", group=f"{self.name}-{group}-alert", instance_id=process),
            "roles": list(roles),
            "decisions": kafka("decisions" + suffix),
            "sinks": [kafka("alerts" + suffix)],
            "dead_letters": kafka("dead"),
            "kafka": {
                "bootstrap_servers": self.kafka.bootstrap,
                "exactly_once": True,
                "properties": {"session.timeout.ms": "6000", "heartbeat.interval.ms": "500"},
            },
            "monitoring": {"listen": "off"},
        }
        file = self.directory / f"{self.name}-{process}.yaml"
        file.write_text(yaml.safe_dump(settings), encoding="utf-8")
        return file

    def wait_for_end(self, group="first"):
        def is_read(what, of):
            try:
                return int(self.kafka.admin("lag", self.topic(what), f"{self.name}-{of}")) == 0
            except Failure:  # the broker is still looking for what the group committed
                return False
        wait_until("the end of both streams", lambda: (group != "first" or is_read("articles", group))
                   and is_read("matches", f"{group}-alert"))

    def play(self, articles, processes, kills, chance):
        """The alerts. `kills`: how often one of the processes is killed in the course of it."""
        configs = [self.config(f"process{i}") for i in range(processes)]
        running = [self.program.start(config) for config in configs]
        parts = list(parts_of(articles, kills, chance))
        for part, sent in enumerate(parts):
            before = self.kafka.written(self.topic("matches"))
            self.kafka.send(self.topic("articles"), sent)
            if part < len(parts) - 1:
                # Somebody is at work when there are matches.
                wait_until("a match", lambda: self.kafka.written(self.topic("matches")) > before)
                time.sleep(chance.choice([0, 0.1, 0.3, 1]))
                victim = part % processes
                self.program.kill(running[victim])
                running[victim] = self.program.start(configs[victim])
        self.wait_for_end()
        for process in running:
            self.program.stop(process)
        if self.kafka.read(self.topic("dead")):
            raise Failure(f"{self.name}: dead letters")
        return self.kafka.read(self.topic("alerts"))

    def replay(self):
        """The alerts of a group that has seen nothing, from the beginning of the matches."""
        process = self.program.start(self.config("again", roles=["alert"], group="again", suffix="-again"))
        self.wait_for_end("again")
        self.program.stop(process)
        return self.kafka.read(self.topic("alerts-again"))


def through_kafka(program, kafka, scenarios, directory, chance):
    packs = directory / "packs"
    packs.mkdir()
    for scenario in scenarios:
        write_pack(scenario, packs)
    articles = sorted((a for s in scenarios for a in s.wire), key=lambda article: article["published_at"])
    expected, _ = run_memory(program, articles, packs, directory)
    print(f"{len(articles)} articles, {len(expected)} alerts in one process", flush=True)
    for name, partitions, processes, kills in (("still", 1, 1, 0), ("killed", 1, 1, 3), ("many", 3, 2, 4)):
        steps = TwoSteps(program, kafka, packs, directory, name, partitions)
        alerts = steps.play(articles, processes, kills, chance)
        print(f"{name}: {partitions} partitions, {processes} processes, {kills} kills, {len(alerts)} alerts", flush=True)
        check_same(f"{name}: a replay of the matches", alerts, steps.replay())
        if partitions == 1:
            check_same(f"{name}: against one process", expected, alerts)


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("usage: ")[1].split("\n\n")[0])
    parser.add_argument("mode", choices=["memory", "kill", "kafka"])
    parser.add_argument("wirewatch")
    parser.add_argument("rest", nargs="+")
    parser.add_argument("--seed", type=int, default=None)
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else random.randrange(1_000_000)
    chance = random.Random(seed)
    broker, files = (options.rest[:2], options.rest[2:]) if options.mode == "kafka" else ([], options.rest)
    scenarios = [Scenario(pathlib.Path(file)) for file in files]
    failed = False

    def attempt(name, test):
        nonlocal failed
        with tempfile.TemporaryDirectory(prefix="wirewatch-scenario.") as work:
            program = Program(options.wirewatch, pathlib.Path(work))
            try:
                test(program, pathlib.Path(work))
                print(f"{options.mode} {name}: as expected", flush=True)
            except Failure as failure:
                failed = True
                print(f"FAILED: {options.mode} {name} (--seed {seed}):\n{failure}", file=sys.stderr, flush=True)
            finally:
                program.kill_all()

    if options.mode == "kafka":
        attempt("all", lambda program, work: through_kafka(program, Kafka(*broker), scenarios, work, chance))
    for scenario in scenarios if options.mode != "kafka" else []:
        if options.mode == "memory":
            attempt(scenario.name, lambda program, work, one=scenario: memory(program, one, work))
        else:
            attempt(scenario.name, lambda program, work, one=scenario: kill(program, one, work, chance))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
