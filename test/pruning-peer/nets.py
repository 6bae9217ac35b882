"""Small PyTorch networks with the couplings of channels that common architectures have."""
import torch
from torch import nn


class Basic(nn.Module):
    """Two residual blocks (ResNet), the second with a projection."""

    def __init__(self):
        super().__init__()
        self.stem, self.bn0 = nn.Conv2d(3, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8)
        self.a, self.bn1 = nn.Conv2d(8, 6, 3, padding=1, bias=False), nn.BatchNorm2d(6)
        self.b, self.bn2 = nn.Conv2d(6, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8)
        self.c, self.bn3 = nn.Conv2d(8, 12, 3, stride=2, padding=1), nn.BatchNorm2d(12)
        self.short = nn.Conv2d(8, 12, 1, stride=2)
        self.fc = nn.Linear(12, 5)

    def forward(self, x):
        x = torch.relu(self.bn0(self.stem(x)))
        x = torch.relu(x + self.bn2(self.b(torch.relu(self.bn1(self.a(x))))))
        x = torch.relu(self.short(x) + self.bn3(self.c(x)))
        return self.fc(x.mean((2, 3)))


class Inverted(nn.Module):
    """An inverted residual with a depthwise convolution (MobileNetV2)."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, padding=1)
        self.expand, self.bn1 = nn.Conv2d(8, 16, 1, bias=False), nn.BatchNorm2d(16)
        self.depth, self.bn2 = nn.Conv2d(16, 16, 3, padding=1, groups=16, bias=False), nn.BatchNorm2d(16)
        self.project, self.bn3 = nn.Conv2d(16, 8, 1, bias=False), nn.BatchNorm2d(8)
        self.fc = nn.Linear(8, 5)

    def forward(self, x):
        x = self.stem(x)
        y = nn.functional.relu6(self.bn1(self.expand(x)))
        y = nn.functional.relu6(self.bn2(self.depth(y)))
        x = x + self.bn3(self.project(y))
        return self.fc(nn.functional.adaptive_avg_pool2d(x, 1).flatten(1))


class Dense(nn.Module):
    """Concatenations of what came before (DenseNet)."""

    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(3, 6, 3, padding=1)
        self.bn1, self.b = nn.BatchNorm2d(6), nn.Conv2d(6, 4, 3, padding=1)
        self.bn2, self.c = nn.BatchNorm2d(10), nn.Conv2d(10, 7, 1)
        self.fc = nn.Linear(7, 5)

    def forward(self, x):
        x = self.a(x)
        x = torch.cat([x, self.b(torch.relu(self.bn1(x)))], 1)
        return self.fc(self.c(torch.relu(self.bn2(x))).mean((2, 3)))


class Excite(nn.Module):
    """A squeeze-and-excitation."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, padding=1)
        self.squeeze, self.excite = nn.Conv2d(8, 4, 1), nn.Conv2d(4, 8, 1)
        self.last = nn.Conv2d(8, 6, 3)
        self.fc = nn.Linear(6, 5)

    def forward(self, x):
        x = torch.relu(self.stem(x))
        gate = torch.relu(self.squeeze(nn.functional.adaptive_avg_pool2d(x, 1)))
        x = x * torch.sigmoid(self.excite(gate))
        return self.fc(self.last(x).mean((2, 3)))


class Flat(nn.Module):
    """Images flattened into a dense layer (LeNet)."""

    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Conv2d(3, 6, 3), nn.Conv2d(6, 8, 3)
        self.fc1, self.fc2 = nn.Linear(8 * 4 * 4, 10), nn.Linear(10, 5)

    def forward(self, x):
        x = torch.relu(self.b(torch.relu(self.a(x))))
        return self.fc2(torch.relu(self.fc1(x.flatten(1))))


class Halves(nn.Module):
    """A split into halves, one of them worked on, and a concatenation (ShuffleNetV2 without its shuffle)."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, padding=1)
        self.branch = nn.Conv2d(4, 6, 3, padding=1)
        self.last = nn.Conv2d(10, 6, 1)
        self.fc = nn.Linear(6, 5)

    def forward(self, x):
        one, two = (y := torch.relu(self.stem(x))).split(int(y.shape[1]) // 2, 1)
        x = torch.cat([one, torch.relu(self.branch(two))], 1)
        return self.fc(self.last(x).mean((2, 3)))


class Mixer(nn.Module):
    """Patches as tokens, LayerNorm, and a residual dense block (the feed-forward half of a ViT)."""

    def __init__(self):
        super().__init__()
        self.patch = nn.Conv2d(3, 8, 4, stride=4)
        self.norm1, self.up, self.down = nn.LayerNorm(8), nn.Linear(8, 12), nn.Linear(12, 8)
        self.norm2, self.fc = nn.LayerNorm(8), nn.Linear(8, 5)

    def forward(self, x):
        x = self.patch(x).reshape(2, -1, 4).transpose(1, 2)  # Sizes as constants: a flatten would be exported as computed ones.
        x = x + self.down(nn.functional.gelu(self.up(self.norm1(x))))
        return self.fc(self.norm2(x).mean(1))


class Grouped(nn.Module):
    """A convolution in two groups (ResNeXt)."""

    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(3, 8, 3, padding=1)
        self.b = nn.Conv2d(8, 12, 3, padding=1, groups=2)
        self.c = nn.Conv2d(12, 6, 1)
        self.fc = nn.Linear(6, 5)

    def forward(self, x):
        x = torch.relu(self.b(torch.relu(self.a(x))))
        return self.fc(self.c(x).mean((2, 3)))


class Bottleneck(nn.Module):
    """Two bottlenecks (ResNet-50), the first with a projection."""

    def __init__(self):
        super().__init__()
        self.stem, self.bn0 = nn.Conv2d(3, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8)
        self.a1, self.bn1 = nn.Conv2d(8, 4, 1, bias=False), nn.BatchNorm2d(4)
        self.a2, self.bn2 = nn.Conv2d(4, 6, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(6)
        self.a3, self.bn3 = nn.Conv2d(6, 16, 1, bias=False), nn.BatchNorm2d(16)
        self.short, self.bn4 = nn.Conv2d(8, 16, 1, stride=2, bias=False), nn.BatchNorm2d(16)
        self.b1, self.bn5 = nn.Conv2d(16, 4, 1, bias=False), nn.BatchNorm2d(4)
        self.b2, self.bn6 = nn.Conv2d(4, 4, 3, padding=1, bias=False), nn.BatchNorm2d(4)
        self.b3, self.bn7 = nn.Conv2d(4, 16, 1, bias=False), nn.BatchNorm2d(16)
        self.fc = nn.Linear(16, 5)

    def forward(self, x):
        x = torch.max_pool2d(torch.relu(self.bn0(self.stem(x))), 2)
        y = torch.relu(self.bn2(self.a2(torch.relu(self.bn1(self.a1(x))))))
        x = torch.relu(self.bn4(self.short(x)) + self.bn3(self.a3(y)))
        y = torch.relu(self.bn6(self.b2(torch.relu(self.bn5(self.b1(x))))))
        x = torch.relu(x + self.bn7(self.b3(y)))
        return self.fc(x.mean((2, 3)))


class Attention(nn.Module):
    """Patches as tokens and an attention of two heads, whose weights are apart."""

    heads, width = 2, 6

    def __init__(self):
        super().__init__()
        self.patch, self.norm = nn.Conv2d(3, 8, 4, stride=4), nn.LayerNorm(8)
        inner = self.heads * self.width
        self.q, self.k, self.v = nn.Linear(8, inner), nn.Linear(8, inner), nn.Linear(8, inner)
        self.out, self.fc = nn.Linear(inner, 8), nn.Linear(8, 5)

    def forward(self, x):
        x = self.patch(x).reshape(2, -1, 4).transpose(1, 2)
        y = self.norm(x)
        q, k, v = (one(y).reshape(2, 4, self.heads, -1).transpose(1, 2) for one in (self.q, self.k, self.v))
        y = torch.softmax(q @ k.transpose(2, 3) * self.width**-0.5, -1) @ v
        x = x + self.out(y.transpose(1, 2).reshape(2, 4, -1))
        return self.fc(x.mean(1))


class Shuffle(nn.Module):
    """Two convolutions in groups with a shuffle of channels between (ShuffleNet)."""

    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(3, 12, 3, padding=1)
        self.b, self.c = nn.Conv2d(12, 12, 1, groups=2), nn.Conv2d(12, 12, 3, padding=1, groups=12)
        self.d = nn.Conv2d(12, 6, 1)
        self.fc = nn.Linear(6, 5)

    def forward(self, x):
        y = torch.relu(self.b(torch.relu(self.a(x))))
        y = y.reshape(2, 2, -1, 8, 8).transpose(1, 2).reshape(2, -1, 8, 8)
        return self.fc(self.d(self.c(y)).mean((2, 3)))


nets = dict(
    basic=Basic, bottleneck=Bottleneck, inverted=Inverted, dense=Dense, excite=Excite, flat=Flat, halves=Halves,
    grouped=Grouped, shuffle=Shuffle, mixer=Mixer, attention=Attention,
)


def build(name):
    torch.manual_seed(3)
    net = nets[name]().eval()
    for module in net.modules():
        if isinstance(module, (nn.BatchNorm2d, nn.LayerNorm)):
            nn.init.normal_(module.weight, 1, 0.3)
            nn.init.normal_(module.bias, 0, 0.3)
        if isinstance(module, nn.BatchNorm2d):
            nn.init.normal_(module.running_mean, 0, 0.3)
            nn.init.uniform_(module.running_var, 0.5, 1.5)
    return net


def images():
    torch.manual_seed(4)
    return torch.randn(2, 3, 8, 8)
