#include "pipeline/alert.h"
