#include "monitoring/http_server.h"
