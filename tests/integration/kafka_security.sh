#!/usr/bin/env bash
# TLS and SASL against a real broker: SCRAM with a password from a file, OAUTHBEARER with a token from a file, and what is said when
# password, certificate, protocol or token are wrong. No secret is in any output, whatever librdkafka is told to log.
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

password='correct-horse-47' wrong_password='wrong-staple-11'

say "certificates: an authority and the broker's; and another authority"
authority() {  # NAME
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=wirewatch test authority $1" \
    -keyout "$work/$1.key" -out "$work/$1.pem" 2>/dev/null
}
authority ours
authority other
openssl req -newkey rsa:2048 -nodes -subj /CN=broker -keyout "$work/broker.key" -out "$work/broker.csr" 2>/dev/null
openssl x509 -req -in "$work/broker.csr" -CA "$work/ours.pem" -CAkey "$work/ours.key" -CAcreateserial -days 2 \
  -extfile <(echo subjectAltName=IP:127.0.0.1) -out "$work/broker.crt" 2>/dev/null
cat "$work/broker.key" "$work/broker.crt" >"$work/broker.pem"

# Before 2.6.1 librdkafka cannot speak SCRAM to Kafka 4 (librdkafka#4895), and Debian 12 has 2.0.2.
export KAFKA_VERSION=3.9.1
broker_options=(--secure "$work/broker.pem" "desk:$password")
start_broker
secure=$(cat "$broker_dir/secure-bootstrap")
umask 077
printf '%s\n' "$password" >"$work/password"
printf '%s\n' "$wrong_password" >"$work/wrong-password"

secure_config() {  # FILE PORT PASSWORD_FILE [AUTHORITY]
  bootstrap=$secure kafka_config "$1" "$2"
  cat >"$work/properties" <<CONFIG
  properties:
    security.protocol: sasl_ssl
    sasl.mechanisms: SCRAM-SHA-512
    sasl.username: desk
    sasl.password: "\${file:$3}"
    ssl.ca.location: $work/${4:-ours}.pem
    debug: all
CONFIG
  sed -i -e "/^  properties:/{r $work/properties" -e 'd}' "$1"
}

say "kafka topics are made, articles go in, alerts come out"
port=$(free_port)
secure_config "$work/w.yaml" "$port" "$work/password"
expect_exit 0 "$wirewatch" topics --create --config "$work/w.yaml"
cp "$work/err" "$work/topics.log"
sed -i 's/^monitoring:/log: {level: debug}\n&/' "$work/w.yaml"
start_wirewatch right run --config "$work/w.yaml"; w=$started
wait_for 60 "readiness" http_is "http://127.0.0.1:$port/readyz" 200
grep -h '^{.*}$' deploy/sample-wire/*.ndjson | kcat -P -b "$bootstrap" -t articles
alerts_came() { [ "$(kcat -C -b "$bootstrap" -t alerts -e -q -o beginning | wc -l)" -gt 0 ]; }
wait_for 60 "alerts" alerts_came
stop_wirewatch "$w" || fail "exit code $? after SIGTERM"
grep -q 'sasl.password' "$work/right.log" || fail "librdkafka did not log its properties: nothing is proven about secrets"

printf 'no JSON\n' | kcat -P -b "$bootstrap" -t articles.dead-letter
expect_exit 0 "$wirewatch" dead-letters list --config "$work/w.yaml"
expect_contains "dead letters are read the same way" '"count":1' "$work/out"

say "OAUTHBEARER with a token from a file: two steps, exactly once"
base64url() { base64 -w0 | tr '+/' '-_' | tr -d '='; }
token() { printf '%s.%s.' "$(printf '{"alg":"none"}' | base64url)" \
  "$(printf '{"sub":"desk","iat":%d,"exp":%d}' "$(date +%s)" "$(($(date +%s) + $1))" | base64url)"; }
token 3600 >"$work/token"
port=$(free_port)
secure_config "$work/oauth.yaml" "$port" "$work/password"
sed -i -e '/sasl.username/d; /sasl.password/d; s/SCRAM-SHA-512/OAUTHBEARER/' \
  -e "s|^kafka:|&\n  oauthbearer_token_file: $work/token|" -e 's/^monitoring:/log: {level: debug}\n&/' "$work/oauth.yaml"
sed -i -e 's/^  bootstrap_servers:/  exactly_once: true\n&/' -e 's/group: test/group: oauth, instance_id: one/' "$work/oauth.yaml"
echo 'matches: {kafka: {topic: matches, group: oauth-alert, instance_id: one}}' >>"$work/oauth.yaml"
create_kafka_topic matches 3
create_kafka_topic decisions 3
alerts_before=$(read_kafka_topic alerts | wc -l)
for _ in first again; do # the second restores what the first one knew
  start_wirewatch oauth run --config "$work/oauth.yaml"; w=$started
  wait_for 60 "readiness" http_is "http://127.0.0.1:$port/readyz" 200
  read_all() { [ "$("$bin/kafka_topics" "$bootstrap" lag articles oauth)" -le 1 ] && [ "$(read_kafka_topic alerts | wc -l)" -gt "$alerts_before" ]; }
  wait_for 60 "alerts" read_all
  stop_wirewatch "$w" || fail "exit code $? after SIGTERM"
done
expect_exit 0 "$wirewatch" topics --config "$work/oauth.yaml"
token -60 >"$work/token"
expect_exit 5 timeout 30 "$wirewatch" topics --config "$work/oauth.yaml"
expect_contains "an expired token" "oken" "$work/err"
rm "$work/token"
expect_exit 5 timeout 30 "$wirewatch" topics --config "$work/oauth.yaml"
expect_contains "a missing token" "$work/token: cannot be read" "$work/err"

# wrong NAME NEEDLE: a service is not ready and says why, a tool ends with exit code 5 and says why.
wrong() {
  local w
  expect_exit 5 timeout 30 "$wirewatch" topics --config "$work/$1.yaml"
  expect_contains "$1: the error" "$2" "$work/err"
  cp "$work/err" "$work/$1-topics.log"
  start_wirewatch "$1" run --config "$work/$1.yaml"; w=$started
  named() { curl -s "http://127.0.0.1:$port/readyz" | grep -qF "$2"; }
  wait_for 60 "/readyz saying '$2'" named "$1" "$2"
  http_is "http://127.0.0.1:$port/readyz" 503 || fail "$1: it is ready"
  expect_contains "$1: the log" "$2" "$work/$1.log"
  stop_wirewatch "$w" || fail "exit code $? after SIGTERM"
}

say "a wrong password"
port=$(free_port)
secure_config "$work/wrong-user.yaml" "$port" "$work/wrong-password"
wrong wrong-user "invalid credentials"

say "an authority that did not sign the broker's certificate"
port=$(free_port)
secure_config "$work/wrong-ca.yaml" "$port" "$work/password" other
wrong wrong-ca "certificate verify failed"

say "plaintext against TLS"
port=$(free_port)
bootstrap=$secure kafka_config "$work/plaintext.yaml" "$port"
wrong plaintext "security.protocol"

say "a password that is not there"
port=$(free_port)
secure_config "$work/missing.yaml" "$port" "$work/no-such-file"
expect_exit 0 "$wirewatch" config --effective --config "$work/missing.yaml"
expect_exit 5 "$wirewatch" run --config "$work/missing.yaml"
expect_contains "its place" "kafka.properties: sasl.password: $work/no-such-file: cannot be read" "$work/err"

say "Kafka 4: PLAIN over TLS works; SCRAM does, or it is said that librdkafka is too old"
tests/kafka/broker.sh stop "$broker_dir"
rm -r "$broker_dir"
unset KAFKA_VERSION
start_broker
secure=$(cat "$broker_dir/secure-bootstrap")
port=$(free_port)
secure_config "$work/kafka4.yaml" "$port" "$work/password"
got=0
"$wirewatch" topics --create --config "$work/kafka4.yaml" >"$work/out" 2>"$work/kafka4.log" || got=$?
if [ "$got" != 0 ]; then
  expect_equal "the exit code of SCRAM" 5 "$got"
  expect_contains "why" "cannot speak SCRAM to Kafka 4, whatever the password" "$work/kafka4.log"
fi
sed -i 's/SCRAM-SHA-512/PLAIN/' "$work/kafka4.yaml"
expect_exit 0 "$wirewatch" topics --create --config "$work/kafka4.yaml"
start_wirewatch plain run --config "$work/kafka4.yaml"; w=$started
wait_for 60 "readiness" http_is "http://127.0.0.1:$port/readyz" 200
stop_wirewatch "$w" || fail "exit code $? after SIGTERM"

say "no secret in any output"
grep -lF -e "$password" -e "$wrong_password" "$work"/*.log "$work"/*.out "$work/out" "$work/err" && fail "a password is in the output"
grep -lF -e eyJhbGci "$work"/*.log && fail "a token is in the output"
true
