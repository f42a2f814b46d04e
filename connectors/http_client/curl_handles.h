// libcurl's handles, each freed by its own end.
#ifndef WIREWATCH_CONNECTORS_HTTP_CLIENT_CURL_HANDLES_H_
#define WIREWATCH_CONNECTORS_HTTP_CLIENT_CURL_HANDLES_H_

#include <curl/curl.h>

#include "base/c_handle.h"

namespace wirewatch {

using CurlMulti = CHandle<CURLM, curl_multi_cleanup>;
using CurlEasy = CHandle<CURL, curl_easy_cleanup>;
using CurlList = CHandle<curl_slist, curl_slist_free_all>;
using CurlMime = CHandle<curl_mime, curl_mime_free>;
using CurlUrl = CHandle<CURLU, curl_url_cleanup>;
using CurlText = CHandle<char, curl_free>;

}  // namespace wirewatch

#endif  // WIREWATCH_CONNECTORS_HTTP_CLIENT_CURL_HANDLES_H_
