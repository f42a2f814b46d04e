#!/usr/bin/env bash
# A real Apache Kafka broker for the tests: one KRaft node on loopback, from Maven Central, without root or Docker.
#
#   broker.sh start DIR     starts it with its data in DIR, or says where it already runs; prints its address
#   broker.sh start DIR --secure PEM USER:PASSWORD
#                           the same, and when its data are made: a second listener with TLS (PEM: its private key and
#                           certificate) and SASL: PLAIN and SCRAM-SHA-512 for USER, and OAUTHBEARER for whoever brings
#                           a token, signed or not; its address is in DIR/secure-bootstrap
#   broker.sh stop DIR      stops it; the data stay
#   broker.sh kill DIR      kill -9; the data stay
#   broker.sh restart DIR   stop and start: the same address, the same data
#   broker.sh address DIR   prints its address
#   broker.sh fetch         only gets the jars, so that later starts need no network
#
# Needs: java 17 (headless is enough), mvn, kcat. Exit 3: the broker cannot be had here (a tool or Maven Central is
# missing); 1: it did not start, and why.
# Environment: KAFKA_VERSION (default 4.2.0; 3.9.1 and 4.1.1 work too), KAFKA_CLASSPATH_DIR (where the class path is
# remembered; default ~/.cache/wirewatch-tests), KAFKA_HEAP (default 512m), KAFKA_STOP_WITH (a process id: the broker
# is killed when that process is gone, so that a test that crashes leaves none behind).
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
version=${KAFKA_VERSION:-4.2.0}
classpath_file=${KAFKA_CLASSPATH_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/wirewatch-tests}/kafka-$version.classpath

usage() { sed -n '2,/^set /{/^set /!s/^# \{0,1\}//p}' "$0" >&2; exit 2; }
unavailable() { echo "kafka broker: not available: $*" >&2; exit 3; }

need_tools() {
  local tool
  for tool in java mvn kcat; do
    command -v "$tool" > /dev/null || unavailable "$tool is not installed (Debian: openjdk-17-jre-headless maven kcat)"
  done
}

# The class path is remembered, and looked for again when one of its jars is gone.
fetch_jars() {
  local jar complete=yes
  if [ -s "$classpath_file" ]; then
    while IFS= read -r -d : jar; do [ -e "$jar" ] || complete=no; done < <(tr '\n' ':' < "$classpath_file")
    [ "$complete" = yes ] && return
  fi
  mkdir -p "$(dirname "$classpath_file")"
  local log=$classpath_file.log
  if ! mvn -q -B -f "$here/pom.xml" -Dkafka.version="$version" dependency:build-classpath \
      -Dmdep.includeScope=runtime -Dmdep.outputFile="$classpath_file.new" > "$log" 2>&1; then
    tail -5 "$log" >&2
    unavailable "Maven could not get Apache Kafka $version (all of its output: $log)"
  fi
  mv "$classpath_file.new" "$classpath_file"
}

# Ports that are free now, outside of the range from which the kernel gives ports to clients: so that no connection of a
# test sits on the broker's port while it is down.
free_port() {
  local first=10000 last=32000 port _
  for _ in $(seq 200); do
    port=$((first + (RANDOM * 32768 + RANDOM) % (last - first)))
    (exec 3<> "/dev/tcp/127.0.0.1/$port") 2> /dev/null || { echo "$port"; return; }
  done
  echo "kafka broker: no free port found between $first and $last" >&2
  return 1
}

running() { [ -s "$dir/pid" ] && kill -0 "$(cat "$dir/pid")" 2> /dev/null; }
# Not `mapfile java < <(...)`: an error there would go unseen.
set_java() {
  java=(java -Xms128m "-Xmx${KAFKA_HEAP:-512m}" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xshare:auto
    -Djava.awt.headless=true "-Dlog4j.configuration=file:$dir/log4j.properties" -cp "$(tr -d '\n' < "$classpath_file")")
}

# What the second listener needs, as lines of server.properties; $1: its port.
secure_listener() {
  local login=org.apache.kafka.common.security
  cat << CONF
listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$controller,SECURE://127.0.0.1:$1
advertised.listeners=PLAINTEXT://127.0.0.1:$port,SECURE://127.0.0.1:$1
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SECURE:SASL_SSL
listener.name.secure.ssl.keystore.type=PEM
listener.name.secure.ssl.keystore.location=$secure_pem
listener.name.secure.sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-512,OAUTHBEARER
listener.name.secure.plain.sasl.jaas.config=$login.plain.PlainLoginModule required user_${secure_user%%:*}="${secure_user#*:}";
listener.name.secure.scram-sha-512.sasl.jaas.config=$login.scram.ScramLoginModule required;
listener.name.secure.oauthbearer.sasl.jaas.config=$login.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";
CONF
}

configure() {
  local port controller id secure scram=()
  port=$(free_port)
  controller=$(free_port)
  cat > "$dir/server.properties" << CONF
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$controller
listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$controller
advertised.listeners=PLAINTEXT://127.0.0.1:$port
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
log.dirs=$dir/data
num.network.threads=2
num.io.threads=2
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=3
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=3
group.initial.rebalance.delay.ms=0
log.cleaner.dedupe.buffer.size=4194304
log.cleaner.backoff.ms=500
log.segment.bytes=16777216
CONF
  if [ -n "$secure_pem" ]; then
    secure=$(free_port)
    sed -i '/^\(advertised\.\)\{0,1\}listeners=/d; /^listener\.security\.protocol\.map=/d' "$dir/server.properties"
    secure_listener "$secure" >> "$dir/server.properties"
    scram=(--add-scram "SCRAM-SHA-512=[name=${secure_user%%:*},password=${secure_user#*:}]")
    echo "127.0.0.1:$secure" > "$dir/secure-bootstrap"
  fi
  printf '%s\n' 'log4j.rootLogger=WARN, out' 'log4j.appender.out=org.apache.log4j.ConsoleAppender' \
    'log4j.appender.out.layout=org.apache.log4j.SimpleLayout' > "$dir/log4j.properties"
  set_java
  id=$("${java[@]}" kafka.tools.StorageTool random-uuid 2> /dev/null | tail -1)
  if ! "${java[@]}" kafka.tools.StorageTool format -t "$id" -c "$dir/server.properties" "${scram[@]}" \
      > "$dir/format.log" 2>&1; then
    tail -5 "$dir/format.log" >&2
    rm -f "$dir/server.properties"
    return 1
  fi
  echo "127.0.0.1:$port" > "$dir/bootstrap"
}

start() {
  if running; then cat "$dir/bootstrap"; return; fi
  need_tools
  fetch_jars
  mkdir -p "$dir"
  [ -s "$dir/bootstrap" ] || configure
  set_java
  # Its own session: Ctrl-C on a test must not reach the broker of the others.
  setsid nohup "${java[@]}" kafka.Kafka "$dir/server.properties" >> "$dir/broker.log" 2>&1 < /dev/null &
  echo $! > "$dir/pid"
  if [ -n "${KAFKA_STOP_WITH:-}" ]; then
    # shellcheck disable=SC2016
    setsid bash -c 'while kill -0 "$1" && kill -0 "$2"; do sleep 1; done; kill -KILL "$2"' _ \
      "$KAFKA_STOP_WITH" "$(cat "$dir/pid")" > /dev/null 2>&1 < /dev/null &
  fi
  local _
  for _ in $(seq 600); do
    if kcat -b "$(cat "$dir/bootstrap")" -L -m 1 > /dev/null 2>&1; then cat "$dir/bootstrap"; return; fi
    running || break
    sleep 0.1
  done
  tail -20 "$dir/broker.log" >&2
  echo "kafka broker: did not start; all of its output: $dir/broker.log" >&2
  return 1
}

stop() {
  running || return 0
  local pid _
  pid=$(cat "$dir/pid")
  kill "-${1:-TERM}" "$pid" 2> /dev/null || true
  for _ in $(seq 150); do
    if ! running; then rm -f "$dir/pid"; return; fi
    sleep 0.1
  done
  kill -KILL "$pid" 2> /dev/null || true
  while running; do sleep 0.1; done
  rm -f "$dir/pid"
}

[ $# -ge 1 ] || usage
if [ "$1" = fetch ]; then need_tools; fetch_jars; exit; fi
secure_pem='' secure_user=''
if [ $# -eq 5 ] && [ "$1 $3" = "start --secure" ]; then
  secure_pem=$(realpath "$4") secure_user=$5
elif [ $# -ne 2 ]; then
  usage
fi
mkdir -p "$2"
dir=$(cd "$2" && pwd)
case $1 in
  start) start ;;
  stop) stop TERM ;;
  kill) stop KILL ;;
  restart) stop TERM; start ;;
  address) cat "$dir/bootstrap" ;;
  *) usage ;;
esac
