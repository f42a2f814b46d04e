#include "pipeline/dead_letter.h"
