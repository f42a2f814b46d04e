#include "pipeline/config.h"
