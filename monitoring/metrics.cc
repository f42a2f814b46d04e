#include "monitoring/metrics.h"
