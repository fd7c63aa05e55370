#!/usr/bin/env bash
# The integration's test plan, phase by phase, against a running worker. Needs
# bash and curl, nothing else. Ends with 0 if every line says PASS or SKIP.
set -uo pipefail

usage() {
	cat <<-'TEXT'
	usage: [API_KEY=...] deploy/smoke.sh URL [--roster FILE.xlsx] [--sheets DIR] [--exam CODE]

	  URL       where the worker listens, such as http://ai-server:8000
	  --roster  the exam's roster; without it the phases that need one are skipped
	  --sheets  a folder of answer sheets; with 100 or more the batch phase runs, too
	  --exam    the exam code; default SMOKE. Everything is stored under it, and its
	            roster is replaced: do not name a real exam

	  SMOKE_MAX_MS   what one sheet may take, default 300
	  SMOKE_WAIT_S   how long a batch may take, default 600
	  SMOKE_WATCH_S  how long credentials are watched for a renewal, default 0: not at all
	TEXT
	exit 2
}

url=${1:-}
[[ $url == http://* || $url == https://* ]] || usage
url=${url%/}
shift
roster='' sheets='' exam=SMOKE
while (($#)); do
	case $1 in
	--roster) roster=${2:-} ;;
	--sheets) sheets=${2:-} ;;
	--exam) exam=${2:-} ;;
	*) usage ;;
	esac
	shift 2 || usage
done

tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
# The key goes to curl in a file: arguments are for everybody to see.
(umask 077 && : >"$tmp/key" && [[ -z ${API_KEY:-} ]] || printf 'header = "X-API-Key: %s"\n' "$API_KEY" >"$tmp/key")

passed=0 failed=0
phase() { printf '\n== %s\n' "$*"; }
pass() { passed=$((passed + 1)) && printf 'PASS  %s\n' "$*"; }
fail() { failed=$((failed + 1)) && printf 'FAIL  %s\n' "$*"; }
skip() { printf 'SKIP  %s\n' "$*"; }

# call METHOD PATH [curl's arguments]: sets status, body and ms.
call() {
	local method=$1 path=$2 out
	shift 2
	out=$(curl --silent --show-error --max-time 90 --config "$tmp/key" --request "$method" \
		--output "$tmp/body" --write-out '%{http_code} %{time_total}' "$@" "$url$path" 2>"$tmp/error") || true
	status=${out%% *}
	ms=$(awk -v s="${out##* }" 'BEGIN { printf "%d", s * 1000 }')
	body=$(cat "$tmp/body" 2>/dev/null || true)
	: >"$tmp/body"
	[[ -n $status && $status != 000 ]] || body=$(cat "$tmp/error")
}

# field NAME: the first value of a JSON member in body; strings without quotes.
field() {
	grep -o "\"$1\":\(\"[^\"]*\"\|[^,}]*\)" <<<"$body" | head -n 1 | cut -d : -f 2- | sed 's/^"//; s/"$//'
}

# want WHAT STATUS [TEXT]: judges the last call.
want() {
	if [[ $status == "$2" && $body == *"${3:-}"* ]]; then
		pass "$1"
	else
		fail "$1: wanted $2${3:+ with $3}, got $status ${body:0:300}"
	fi
}

phase '1. network'
call GET /livez
want 'the server answers' 200 ok
if [[ $status != 200 ]]; then
	printf '\nFAIL  nothing more can be tried: see docs/troubleshooting.md, "no connection"\n'
	exit 1
fi
call GET /readyz
want 'it is ready to work' 200 ok
call GET /health
want 'the key is accepted' 200 '"layout_model":true'
if [[ $status == 401 ]]; then
	printf '\nFAIL  nothing more can be tried: set API_KEY to one of the server'"'"'s keys\n'
	exit 1
fi
printf '      %s, model %s\n' "$(field hakbeon)" "$(field model)"
call GET /openapi.json
want 'the API describes itself' 200 '"openapi":"3.1'

phase '2. roster'
if [[ -z $roster ]]; then
	skip 'no --roster'
else
	call POST "/upload-roster/?exam_code=$exam" --form "file=@$roster"
	want 'the roster is taken' 200 '"success":true'
	students=$(field student_count)
	call GET "/roster/?exam_code=$exam"
	want "the roster is there, $students students" 200 "\"student_count\":$students"
fi
printf 'this is no roster' >"$tmp/none.xlsx"
call POST "/upload-roster/?exam_code=$exam" --form "file=@$tmp/none.xlsx"
want 'a file that is none is refused, and says why' 422 '"success":false'

files=()
[[ -z $sheets ]] || while IFS= read -r f; do files+=("$f"); done < <(find "$sheets" -maxdepth 1 -type f | sort)

phase '3. one sheet at once'
if [[ ${#files[@]} -eq 0 || -z $roster ]]; then
	skip 'no --sheets and --roster'
else
	call POST "/extract-student-id/?exam_code=$exam" --form "image=@${files[0]}"
	want 'a sheet is read' 200 '"student_id":'
	printf '      success %s, student %s, reason %s\n' "$(field success)" "$(field student_id)" "$(field reason)"
	want 'its files are in S3' 200 '"s3_uploaded":true'
	batch=$(field batch_id)
	call GET "/exams/$exam/batches/$batch"
	want 'its result can be asked for later' 200 "\"batch_id\":\"$batch\""
	call POST "/extract-student-id/?exam_code=$exam&return_images=true" --form "image=@${files[0]}"
	want 'the images come with it if asked for' 200 '"header_image_base64":"'
fi

phase '4. credentials'
call GET /health
want 'S3 has credentials that are valid' 200 '"status":"active"'
before=$(field expiration)
printf '      session token: %s, valid until: %s\n' "$(field has_session_token)" "$before"
if [[ $before == null ]]; then
	skip 'they do not expire, so there is no renewal to see'
elif ((${SMOKE_WATCH_S:-0} == 0)); then
	skip 'set SMOKE_WATCH_S to watch for a renewal'
else
	until=$((SECONDS + SMOKE_WATCH_S)) renewed=no
	while ((SECONDS < until)) && [[ $renewed == no ]]; do
		sleep 2
		call GET /health
		[[ $(field is_expired) == false ]] || { fail 'they ran out before they were renewed' && break; }
		[[ $(field expiration) == "$before" ]] || renewed=yes
	done
	if [[ $renewed == yes ]]; then
		pass "they were renewed, now valid until $(field expiration)"
	else
		fail "they were not renewed within $SMOKE_WATCH_S s"
	fi
fi

phase '5. failures'
printf 'this is no image' >"$tmp/none.jpg"
call POST "/extract-student-id/?exam_code=$exam" --form "image=@$tmp/none.jpg"
want 'a broken image is a result, not an error' 200 '"reason":"image_unreadable"'
want 'and is kept under unknown_id' 200 "original/$exam/unknown_id/"
call POST "/extract-student-id/?exam_code=../x" --form "image=@$tmp/none.jpg"
want 'a bad exam code is refused' 422 '"success":false'
call POST "/extract-student-id/" --header 'Content-Type: application/json' --data '{}'
want 'a wrong type of body is refused' 415 '"success":false'
head -c 34603008 /dev/zero >"$tmp/large.jpg"
call POST "/extract-student-id/" --form "image=@$tmp/large.jpg"
want 'a file of 33 MiB is refused' 413 '"success":false'
call POST /jobs --header 'Content-Type: application/json' --data '{"exam_code": "x"}'
want 'a job without sheets is refused' 422 '"success":false'
if [[ -n ${API_KEY:-} ]]; then
	mv "$tmp/key" "$tmp/key.kept" && : >"$tmp/key"
	call GET /health
	want 'without the key nothing is told' 401 '"success":false'
	call GET /health --header 'X-API-Key: wrong'
	want 'nor with a wrong one' 401 '"success":false'
	mv "$tmp/key.kept" "$tmp/key"
else
	skip 'no API_KEY: that one is needed was not tried'
fi

# send FILE: one sheet of many; told to come back, it comes back. Prints the
# student or the reason, and the keys.
send() {
	local answer code
	for _ in {1..120}; do
		answer=$(curl --silent --max-time 90 --config "$tmp/key" --write-out '\n%{http_code}' \
			--form "image=@$1" "$url/extract-student-id/?exam_code=$exam")
		code=${answer##*$'\n'}
		[[ $code == 429 || $code == 503 ]] || break
		sleep 1
	done
	printf '%s %s\n' "$code" "$(grep -o '"sheet_key":"[^"]*"' <<<"$answer" | head -n 1)" >>"$tmp/sent"
	grep -o '"sheet_key":"[^"]*"' <<<"$answer" | head -n 1 | cut -d '"' -f 4 >>"$tmp/keys"
}

phase '6. many sheets, end to end'
if [[ ${#files[@]} -lt 100 || -z $roster ]]; then
	skip "${#files[@]} sheets: give a folder of 100 or more, and --roster"
else
	since=$SECONDS
	: >"$tmp/sent"
	: >"$tmp/keys"
	for f in "${files[@]}"; do
		send "$f" &
		while (($(jobs -rp | wc -l) >= 8)); do wait -n || true; done
	done
	wait
	answered=$(grep -c '^200 ' "$tmp/sent" || true)
	if [[ $answered -eq ${#files[@]} ]]; then
		pass "$answered sheets, eight callers at once: all answered in $((SECONDS - since)) s"
	else
		fail "$answered of ${#files[@]} sheets were answered: $(sort "$tmp/sent" | cut -c 1-3 | uniq -c | tr '\n' ' ')"
	fi
	# The same uploads once more, as one exam from the queue.
	batch=smoke-$(date +%Y%m%d-%H%M%S)-$$
	list=$(sed 's/.*/"&"/' "$tmp/keys" | paste -sd , -)
	printf '{"exam_code": "%s", "batch_id": "%s", "keys": [%s]}' "$exam" "$batch" "$list" >"$tmp/job"
	since=$SECONDS
	call POST /jobs --header 'Content-Type: application/json' --data-binary "@$tmp/job"
	want 'the exam is on the queue' 202 "\"batch_id\":\"$batch\""
	until=$((SECONDS + ${SMOKE_WAIT_S:-600}))
	while ((SECONDS < until)); do
		call GET "/exams/$exam/batches/$batch?limit=0"
		[[ $(field status) == completed ]] && break
		sleep 1
	done
	want "the batch came to its end in $((SECONDS - since)) s" 200 '"status":"completed"'
	printf '      %s matched, %s to review, %s failed\n' "$(field matched)" "$(field needs_review)" "$(field failed)"
	if [[ $(field total) == "${#files[@]}" && $(field done) == "${#files[@]}" ]]; then
		pass 'no sheet was lost'
	else
		fail "$(field done) of ${#files[@]} sheets have a result"
	fi
	if (($(field matched) > 0)); then
		pass 'students were found'
	else
		fail 'no sheet was matched: is it the right roster? see docs/troubleshooting.md, "recognition low"'
	fi
	call GET "/exams/$exam/batches/$batch?limit=1"
	sheet=$(field sheet)
	printf '[{"sheet": "%s", "verdict": "unreadable"}, {"sheet": "%s", "verdict": "undo"}]' "$sheet" "$sheet" >"$tmp/words"
	call POST "/exams/$exam/batches/$batch/corrections" --header 'Content-Type: application/json' --data-binary "@$tmp/words"
	want 'a correction is taken, and taken back' 202 '"accepted":2'
fi

phase '7. response time'
if [[ ${#files[@]} -eq 0 || -z $roster ]]; then
	skip 'no --sheets and --roster'
else
	sleep 3 # what came before should be over
	times=()
	for i in {0..20}; do
		call POST "/extract-student-id/?exam_code=$exam" --form "image=@${files[i % ${#files[@]}]}"
		[[ $status == 200 ]] && times+=("$ms")
	done
	sorted=$(printf '%s\n' "${times[@]}" | sort -n)
	median=$(sed -n "$(((${#times[@]} + 1) / 2))p" <<<"$sorted")
	said="one sheet, one caller, ${#times[@]} calls: median $median ms, best $(head -n 1 <<<"$sorted") ms, worst $(tail -n 1 <<<"$sorted") ms"
	if ((median <= ${SMOKE_MAX_MS:-300})); then
		pass "$said"
	else
		fail "$said; wanted at most ${SMOKE_MAX_MS:-300} ms"
	fi
fi

printf '\n%d passed, %d failed\n' "$passed" "$failed"
((failed == 0)) || exit 1
echo 'smoke test passed'
