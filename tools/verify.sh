#!/usr/bin/env bash
# verify.sh ARTIFACTS_DIR CAPTURE: a second verifier that shares no code with the first: files, manifests, links, Merkle root,
# ledger and seals. Prints OK or the first problem; exit 0 or 1. Finds the recording and allowed_signers beside ARTIFACTS_DIR.
set -euo pipefail; shopt -s nullglob dotglob; export LC_ALL=C
A=$(cd "${1:?ARTIFACTS_DIR}" && pwd) C=${2:?CAPTURE}; T=$A/$C RAW=$A/../captures/$C TRUSTED=$A/../allowed_signers LEDGER=$A/ledger.jsonl
no() { echo "${1#"$A"/}: $2"; exit 1; }
sha() { sha256sum | cut -c1-64; }
bytes() { printf "$(sed 's/../\\x&/g' <<< "$1")"; }
plain() { [ -f "$1" ] && [ ! -L "$1" ] || no "$1" "missing, or not a plain file"; }
# Digits are left out of this comparison, for jq writes 10.0 as 10; the digests below are over every one of them.
canonical() { [ "$(jq -cS . "$1" 2> /dev/null | tr -d '0-9.eE+-' | sha)" = "$(tr -d '0-9.eE+-' < "$1" | sha)" ] || no "$1" "not canonical JSON"; }
only() { [ "$(find "$1" -mindepth 1 ! -type d -printf x | wc -c)" = "$2" ] || no "$1" "holds other files than recorded"; }
fold() { # RFC 6962, section 2.1
  (( $# > 1 )) || { echo "$1"; return; }
  local k=1; while (( k * 2 < $# )); do k=$((k * 2)); done
  bytes "01$(fold "${@:1:k}")$(fold "${@:k+1}")" | sha
}
for top in "$T" "$RAW"; do
  [ -d "$top" ] && [ ! -L "$top" ] || no "$top" "missing"
  [ -z "$(find "$top" ! -type f ! -type d -print -quit)" ] || no "$top" "holds a link, a fifo or a device"
  [ -z "$(find "$top" -perm -o+w ! \( -type d -perm -1000 \) -print -quit)" ] || no "$top" "holds what everybody may write to"
  [ -z "$(find "$top" -type d -empty -print -quit)" ] || no "$top" "holds an empty folder"
done
leaves=() heads=() recorded=() prev=$(printf '0%.0s' {1..64}) seal=0 who="not sealed"
for d in "$T"/*; do
  name=${d##*/} m=$d/manifest.json; [ "$name" != seals ] || continue
  plain "$m"; canonical "$m"
  own=$(sed -E 's/^(\{"capture":"[a-z0-9_-]+","code":"[0-9a-f]{64}","digest":")[0-9a-f]{64}"/\1"/' "$m" | sha)
  [ "$own $C/$name" = "$(jq -r '.digest + " " + .capture + "/" + .stage' "$m")" ] || no "$m" "changed, or of another stage or capture"
  while IFS=$'\t' read -r path size digest; do
    [[ $path =~ ^[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*$ ]] || no "$m" "names a strange path"
    plain "$d/$path"; [ "$(stat -c%s "$d/$path") $(sha < "$d/$path")" = "$size $digest" ] || no "$d/$path" "changed"
  done < <(jq -r '.outputs[] | [.path, .bytes, .sha256] | @tsv' "$m")
  only "$d" $(($(jq '.outputs | length' "$m") + 1))
  while IFS=$'\t' read -r input digest; do
    if [ "$name" = s00_adapter ]; then from=$RAW/$input; else from=$T/$input/manifest.json; fi
    plain "$from"; [ "$(sha < "$from")" = "$digest" ] || no "$m" "was made from another $input"
  done < <(jq -r '.inputs | to_entries[] | [.key, .value] | @tsv' "$m")
  [ "$name" != s00_adapter ] || only "$RAW" "$(jq '.inputs | length' "$m")"
  [ "$name" = s10_audit ] || leaves+=("$( (printf '\0%s\0' "$name"; bytes "$(sha < "$m")") | sha)")
done
root=$(fold "${leaves[@]}")
if [ -e "$LEDGER" ] || [ -L "$LEDGER" ]; then plain "$LEDGER"; canonical "$LEDGER"; while IFS= read -r line; do
  own=$(sed -E 's/^(\{"action":"[a-z]+","actor":"([^"\\]|\\.)*","capture":"[a-z0-9_-]+","git":(null|"[^"]*"),"hash":")[0-9a-f]{64}"/\1"/' <<< "$line" | sha)
  [ "$(jq -r '[.seq, .prev, .hash] | join(" ")' <<< "$line")" = "${#heads[@]} $prev $own" ] || no "$LEDGER" "line $((${#heads[@]} + 1)) breaks the chain"
  heads+=("$own") prev=$own; recorded+=($(jq -r --arg c "$C" 'select(.action == "seal" and .capture == $c) | .seal' <<< "$line"))
done < "$LEDGER"; fi
for d in "$T"/seals/*; do
  s=$d/seal.json g=$d/seal.json.sig; seal=$((seal + 1)); plain "$s"; plain "$g"; canonical "$s"; only "$d" 2
  [ "${d##*/} $(jq -r '[.capture, .number, (keys | join(","))] | join(" ")' "$s")" = "$(printf '%04d %s %d' $seal "$C" $seal) capture,head,number,root,schema,seq" ] || no "$s" "not seal $seal of $C"
  [ "$(echo -----BEGIN SSH SIGNATURE-----; sed '1d;$d' "$g" | base64 -d 2> /dev/null | base64 -w70; echo -----END SSH SIGNATURE-----)" = "$(cat "$g")" ] || no "$g" "not as ssh-keygen writes it"
  ssh-keygen -Y check-novalidate -n kinetrace-seal -s "$g" < "$s" > /dev/null 2>&1 || no "$g" "does not sign this seal"
  [ "${heads[$(jq .seq "$s")]-} ${recorded[seal-1]-}" = "$(jq -r .head "$s") $(sha < "$g")" ] || no "$s" "made after a line, or noted in one, that the ledger lacks"
done
(( ${#recorded[@]} == seal )) || no "$T/seals" "the ledger names ${#recorded[@]} seals"
if (( seal )); then # the newest by a key that is trusted today, over what lies here
  who=$(ssh-keygen -Y find-principals -s "$g" -f "$TRUSTED" 2> /dev/null | head -1 | cut -d, -f1) && ssh-keygen -Y verify -I "$who" -n kinetrace-seal -s "$g" -f "$TRUSTED" < "$s" > /dev/null 2>&1 || no "$g" "not by a trusted key"
  [ "$(jq -r .root "$s")" = "$root" ] || no "$s" "over another root than $root"
fi
echo "OK root $root, ${#heads[@]} ledger lines, seal $seal: $who"
