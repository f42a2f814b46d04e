#include "monitoring/health.h"
