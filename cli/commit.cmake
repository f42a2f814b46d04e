# Writes FILE, which names the commit of the checkout in SOURCE; only when that has changed, so that nothing is built anew for
# it. Outside of a checkout the commit is empty.
execute_process(COMMAND git -C ${SOURCE} rev-parse --short=8 HEAD OUTPUT_VARIABLE commit ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
set(text "namespace wirewatch {\nextern const char kCommit[];\nconst char kCommit[] = \"${commit}\";\n}  // namespace wirewatch\n")
set(before "")
if(EXISTS ${FILE})
  file(READ ${FILE} before)
endif()
if(NOT text STREQUAL before)
  file(WRITE ${FILE} "${text}")
endif()
