#include "pipeline/offset_tracker.h"
